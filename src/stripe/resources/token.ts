import { rememberBankToken } from '../connect/external-account.ts'
import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { type CardInput, readCard } from '../payment/card-input.ts'
import { legacyCard, rememberToken } from '../payment/source.ts'
import { type BankInput, bankFields } from '../payout/bank.ts'
import type { Stored } from '../wire.ts'

const common = { client_ip: '127.0.0.1', used: false }

/** Single-use stand-ins for card and bank details: docs.stripe.com/api/tokens. The details themselves are not in the token. */
export const tokens = defineResource({
  object: 'token',
  events: { create: false },

  operations: {
    'POST /v1/tokens'(ctx) {
      const { bank_account, card } = ctx.params as { bank_account?: BankInput | string; card?: CardInput | string }
      if (typeof card === 'string' || typeof bank_account === 'string')
        throw stripeError(400, undefined, 'Tokens of saved details can only be made for a connected account.')
      if (card) return cardToken(ctx, card)
      if (bank_account) return bankToken(ctx, bank_account)
      const type = ['account', 'person', 'pii', 'cvc_update'].find((kind) => kind in ctx.params)
      if (type) return ctx.tables.token.create({ ...common, type })
      throw stripeError(
        400,
        'parameter_missing',
        'You must supply either a card, customer, PII data, bank account, or account to create a token.',
      )
    },
  },
})

function cardToken(ctx: Context, input: CardInput): Stored<'token'> {
  const read = readCard(input, ctx.now)
  const { customer: _none, ...card } = legacyCard(ctx.newId('card'), read, null)
  const token = ctx.tables.token.create({ ...common, card, type: 'card' })
  rememberToken(ctx, token.id, read.card.number)
  return token
}

function bankToken(ctx: Context, input: BankInput): Stored<'token'> {
  const bank_account = { id: ctx.newId('bank_account'), object: 'bank_account' as const, ...bankFields(input) }
  const id = `btok_1${ctx.newSecret(23)}`
  rememberBankToken(ctx, id, input)
  return ctx.tables.token.create({ ...common, id, bank_account, type: 'bank_account' })
}
