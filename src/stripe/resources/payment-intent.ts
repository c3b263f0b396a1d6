import { applyCash } from '../cash/transfer.ts'
import { checkSharing } from '../connect/share.ts'
import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { checkCapture, readFinal, releasesRest } from '../payment/authorization.ts'
import { captureCharge } from '../payment/charge.ts'
import { confirmIntent, markRedirecting } from '../payment/confirm.ts'
import { withConfirmationToken } from '../payment/confirmation-token.ts'
import { settleDebit, stopDebit } from '../payment/debit.ts'
import { verifyDeposits } from '../payment/deposits.ts'
import { moveIntent, needCancelable, needCapturable, needMutable } from '../payment/intent.ts'
import { checkMethod, methodFromData } from '../payment/method-data.ts'
import { checkChargeAmount, formatMoney, readCurrency } from '../payment/money.ts'
import { releaseCharge } from '../payment/refund.ts'
import type { Given, Stored } from '../wire.ts'

/** The state machine of docs.stripe.com/payments/paymentintents/lifecycle; a declined confirmation is stored before its 402 is thrown. */
export const paymentIntents = defineResource({
  object: 'payment_intent',
  indexes: ['customer'],
  events: { create: false, update: false },

  create(ctx) {
    const { id, tables } = ctx
    const params = ctx.params.confirm
      ? withConfirmationToken(ctx, { id, object: 'payment_intent' }, ctx.params)
      : ctx.params
    const currency = readCurrency(params.currency)
    checkChargeAmount(params.amount, currency)
    if (params.customer) tables.customer.need(params.customer, 'customer')
    checkSharing(ctx, { ...params, currency })
    if (params.confirm !== true && params.off_session !== undefined)
      throw stripeError(
        400,
        undefined,
        'The parameter `off_session` cannot be passed when creating a PaymentIntent unless `confirm` is set to true.',
        'off_session',
      )
    const method = methodFromData(ctx, params) ?? checkMethod(ctx, params.payment_method, params.customer ?? null)
    const types = methodTypes(params)
    const intent = ctx.save({
      amount: params.amount,
      amount_capturable: 0,
      amount_details: { tip: {} },
      amount_received: 0,
      automatic_payment_methods: types
        ? null
        : {
            allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always',
            enabled: params.automatic_payment_methods?.enabled ?? true,
          },
      capture_method: params.capture_method ?? 'automatic',
      client_secret: `${id}_secret_${ctx.newSecret(25)}`,
      confirmation_method: params.confirmation_method ?? 'automatic',
      currency,
      payment_method: method?.id ?? null,
      payment_method_options: {
        card: {
          installments: null,
          mandate_options: null,
          network: null,
          request_three_d_secure: 'automatic',
          ...(params.payment_method_options?.card as object | undefined),
        },
        ...verificationOf(params.payment_method_options?.us_bank_account),
      },
      payment_method_types: types ?? ['card'],
      ...heldByToken(params),
      status: method ? 'requires_confirmation' : 'requires_payment_method',
    })
    if (params.automatic_payment_methods?.enabled && params.automatic_payment_methods.allow_redirects !== 'never')
      markRedirecting(ctx, id)
    ctx.emit('payment_intent.created', intent)
    return params.confirm ? confirmIntent(ctx, intent, orderOf(params)) : intent
  },

  update(ctx) {
    const { object, params, tables } = ctx
    if (params.amount !== undefined) {
      needMutable(object, 'amount')
      checkChargeAmount(params.amount, object.currency)
    }
    if (params.currency !== undefined) needMutable(object, 'currency')
    if (params.customer) tables.customer.need(params.customer, 'customer')
    if (params.payment_method === undefined) return undefined
    needMutable(object, 'payment_method')
    const method = checkMethod(ctx, params.payment_method, params.customer ?? object.customer)
    return { payment_method: method?.id ?? null, status: method ? 'requires_confirmation' : 'requires_payment_method' }
  },

  actions: {
    confirm(ctx) {
      const { object, tables } = ctx
      const params = withConfirmationToken(ctx, object, ctx.params)
      const method = methodFromData(ctx, params)
      const { receipt_email, setup_future_usage, shipping } = params
      const fields = { receipt_email, setup_future_usage, shipping } as Given<Stored<'payment_intent'>>
      const intent = tables.payment_intent.patch(object.id, fields)
      return confirmIntent(ctx, intent, orderOf({ ...params, payment_method: method?.id ?? params.payment_method }))
    },

    capture(ctx) {
      const { object, params, tables } = ctx
      needCapturable(object)
      const amount = params.amount_to_capture ?? object.amount_capturable
      const charge = tables.charge.need(object.latest_charge)
      const isFinal = readFinal(charge, params.final_capture, amount, object.amount_capturable)
      if (!releasesRest(charge, amount, isFinal)) checkCapture(charge, amount, object.amount_capturable)
      const { application_fee_amount } = params
      if (application_fee_amount !== undefined) {
        checkSharing(ctx, { ...object, amount, application_fee_amount })
        tables.charge.patch(charge.id, { application_fee_amount })
      }
      captureCharge(ctx, tables.charge.need(charge.id), amount, isFinal)
      const amount_received = object.amount_received + amount
      if (isFinal)
        return moveIntent(
          ctx,
          object,
          { amount_capturable: 0, amount_received, status: 'succeeded' },
          'payment_intent.succeeded',
        )
      const rest = { amount_capturable: object.amount_capturable - amount, amount_received }
      return moveIntent(ctx, object, rest, 'payment_intent.amount_capturable_updated')
    },

    cancel(ctx) {
      const { object, params, tables } = ctx
      needCancelable(object)
      if (object.status === 'requires_capture') releaseCharge(ctx, tables.charge.need(object.latest_charge))
      if (object.status === 'processing') stopDebit(ctx, object)
      return moveIntent(
        ctx,
        object,
        {
          amount_capturable: 0,
          canceled_at: ctx.now,
          cancellation_reason: params.cancellation_reason ?? null,
          next_action: null,
          status: 'canceled',
        },
        'payment_intent.canceled',
      )
    },

    increment_authorization(ctx) {
      const { object, params } = ctx
      needCapturable(object)
      if (params.amount <= object.amount)
        throw stripeError(
          400,
          undefined,
          `The amount must be greater than the currently authorized amount, which is ${formatMoney(object.amount, object.currency)}.`,
          'amount',
        )
      ctx.tables.charge.patch(object.latest_charge ?? '', { amount: params.amount })
      const fields = { amount: params.amount, amount_capturable: params.amount }
      return moveIntent(ctx, object, fields, 'payment_intent.amount_capturable_updated')
    },

    apply_customer_balance(ctx) {
      return applyCash(ctx, ctx.object, ctx.params.amount)
    },

    verify_microdeposits(ctx) {
      return verifyDeposits(ctx, ctx.object, ctx.params)
    },
  },

  jobs: {
    settle(ctx) {
      if (ctx.object.status === 'processing') settleDebit(ctx, ctx.object)
    },
  },
})

/** What a confirmation token brings besides the payment method. */
const heldByToken = (params: { confirmation_token?: string; setup_future_usage?: unknown; shipping?: unknown }) =>
  params.confirmation_token === undefined
    ? {}
    : ({ setup_future_usage: params.setup_future_usage, shipping: params.shipping } as Given<Stored<'payment_intent'>>)

/** How the numbers of a bank account are to be verified, where the intent says so. */
const verificationOf = (options: { verification_method?: string | undefined } | null | undefined) =>
  options?.verification_method === undefined
    ? {}
    : { us_bank_account: { verification_method: options.verification_method as 'instant' } }

/** `payment_method_types` left the parameters in the newest version; older ones still send it. */
function methodTypes(params: object): string[] | undefined {
  const given = (params as { payment_method_types?: string[] }).payment_method_types
  const allowed = (params as { allowed_payment_method_types?: string[] }).allowed_payment_method_types
  return given ?? allowed
}

interface Confirming {
  payment_method?: string | undefined
  return_url?: string | undefined
  off_session?: unknown
  use_stripe_sdk?: boolean | undefined
  error_on_requires_action?: boolean | undefined
}

const orderOf = (params: Confirming) => ({
  payment_method: params.payment_method,
  return_url: params.return_url,
  offSession: params.off_session !== undefined && params.off_session !== false,
  useStripeSdk: params.use_stripe_sdk === true,
  errorOnRequiresAction: params.error_on_requires_action === true,
})
