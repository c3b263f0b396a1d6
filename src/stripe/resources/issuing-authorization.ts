import { defineResource, type OperationContext } from '../define.ts'
import { stripeError } from '../error.ts'
import {
  type AuthorizationOrder,
  authorize,
  captureAuthorization,
  move,
  needPending,
} from '../issuing/authorization.ts'

/** Purchases with issued cards, made through the test helpers: docs.stripe.com/issuing/testing. */
export const issuingAuthorizations = defineResource({
  object: 'issuing.authorization',
  indexes: ['cardholder', 'status'],

  operations: {
    /** Undocumented, used by the official command line tool: asks the account before the shop is answered. */
    'POST /v1/issuing/cards/{id}/test/authorizations'(ctx) {
      const { authorization_method, held_amount, held_currency } = ctx.params as HeldOrder
      return authorize(
        ctx,
        {
          card: ctx.path.id ?? '',
          amount: Number(held_amount ?? 100),
          ...(held_currency && { currency: held_currency }),
          ...(authorization_method && { authorization_method }),
        },
        { asksAccount: true },
      )
    },

    'POST /v1/test_helpers/issuing/authorizations': (ctx) =>
      authorize(ctx, ctx.params as unknown as AuthorizationOrder),

    'POST /v1/test_helpers/issuing/authorizations/{id}/capture'(ctx) {
      const authorization = find(ctx)
      const { capture_amount = authorization.amount, close_authorization = true } = ctx.params as Capture
      return captureAuthorization(
        ctx,
        authorization,
        capture_amount,
        close_authorization || capture_amount === authorization.amount,
      )
    },

    'POST /v1/test_helpers/issuing/authorizations/{id}/expire'(ctx) {
      const authorization = find(ctx)
      needPending(authorization, 'expire')
      return move(ctx, authorization, { amount: 0, status: 'expired' })
    },

    'POST /v1/test_helpers/issuing/authorizations/{id}/reverse'(ctx) {
      const authorization = find(ctx)
      needPending(authorization, 'reverse')
      const { reverse_amount = authorization.amount } = ctx.params as { reverse_amount?: number }
      if (reverse_amount > authorization.amount)
        throw stripeError(
          400,
          undefined,
          'The reverse amount cannot be greater than the authorized amount.',
          'reverse_amount',
        )
      const amount = authorization.amount - reverse_amount
      return move(ctx, authorization, { amount, ...(amount === 0 && { status: 'reversed' }) })
    },

    'POST /v1/test_helpers/issuing/authorizations/{id}/increment'(ctx) {
      const authorization = find(ctx)
      needPending(authorization, 'increment')
      const { increment_amount } = ctx.params as unknown as { increment_amount: number }
      const amount = authorization.amount + increment_amount
      return move(ctx, authorization, { amount, merchant_amount: amount })
    },
  },
})

interface HeldOrder {
  authorization_method?: NonNullable<AuthorizationOrder['authorization_method']>
  held_amount?: string
  held_currency?: string
}

interface Capture {
  capture_amount?: number
  close_authorization?: boolean
}

const find = (ctx: OperationContext) => ctx.tables['issuing.authorization'].need(ctx.path.id)
