import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { type CardInput, readCard } from '../payment/card-input.ts'
import { legacyCard, rememberToken } from '../payment/source.ts'

/** Single-use stand-ins for card details: docs.stripe.com/api/tokens. Other kinds of token are answered generically. */
export const tokens = defineResource({
  object: 'token',
  events: { create: false },

  create(ctx) {
    const { id, params } = ctx
    if (typeof params.card === 'string')
      throw stripeError(400, undefined, 'Tokens of a saved card can only be made for a connected account.', 'card')
    if (!params.card) return { type: kindOf(params), used: false, client_ip: '127.0.0.1' }
    const read = readCard(params.card as CardInput, ctx.now)
    rememberToken(ctx, id, read.card.number)
    const { customer: _none, ...card } = legacyCard(ctx.newId('card'), read, null)
    return { card, type: 'card', used: false, client_ip: '127.0.0.1' }
  },
})

const kindOf = (params: object): string =>
  ['bank_account', 'account', 'person', 'pii', 'cvc_update'].find((kind) => kind in params) ?? 'card'
