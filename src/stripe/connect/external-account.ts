import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { legacyCard, spendToken } from '../payment/source.ts'
import { type BankAccount, type BankInput, bankFields, rememberFailure } from '../payout/bank.ts'
import type { Stored } from '../wire.ts'

export type ExternalAccount = BankAccount | Stored<'card'>

export interface ExternalAccountInput {
  external_account?: string | (Partial<BankInput> & { object?: string }) | null | undefined
  default_for_currency?: boolean | undefined
  metadata?: Record<string, string> | undefined
}

const numberKey = (token: string) => `bank token ${token}`

/** Remembers the account behind a `btok_…`; its number is needed to know what payouts to it will end in. */
export const rememberBankToken = (ctx: Context, token: string, input: BankInput): void =>
  void ctx.account.memory.set(numberKey(token), input)

/** The documented bank tokens: docs.stripe.com/connect/testing#account-numbers. */
const namedTokens: Record<string, string> = {
  btok_us: '000123456789',
  btok_us_verified: '000123456789',
  btok_us_success: '000123456789',
  btok_us_noAccount: '000111111116',
  btok_us_accountClosed: '000111111113',
  btok_us_insufficientFunds: '000222222227',
  btok_us_debitNotAuthorized: '000333333335',
  btok_us_invalidCurrency: '000444444440',
}

/** The account behind a documented token such as `btok_us_verified`. */
export function namedBank(token: string): BankInput | undefined {
  const account_number = namedTokens[token]
  return account_number === undefined
    ? undefined
    : { account_number, country: 'US', currency: 'usd', routing_number: '110000000' }
}

/** The account behind a token of our own. */
export const rememberedBank = (ctx: Context, token: string): BankInput | undefined =>
  ctx.account.memory.get(numberKey(token)) as BankInput | undefined

/** Adds a bank account or debit card to a connected account. `platform` holds the tokens, `own` is the account's context. */
export function addExternalAccount(platform: Context, own: Context, input: ExternalAccountInput): ExternalAccount {
  const { external_account: given, metadata = {} } = input
  if (!given)
    throw stripeError(400, 'parameter_missing', 'Missing required param: external_account.', 'external_account')
  const added =
    typeof given === 'string' && !given.startsWith('btok_')
      ? addCard(platform, own, given)
      : addBank(own, bankOf(platform, given))
  const isFirst = siblings(own, added).length === 0
  return own.tables[added.object as 'bank_account'].patch(added.id, {
    available_payout_methods: added.object === 'card' ? ['standard', 'instant'] : ['standard'],
    default_for_currency: false,
    metadata,
    ...(isFirst || input.default_for_currency ? makeDefault(own, added) : {}),
  })
}

function bankOf(platform: Context, given: NonNullable<ExternalAccountInput['external_account']>): BankInput {
  if (typeof given !== 'string') {
    if (!given.country)
      throw stripeError(
        400,
        'parameter_missing',
        'Missing required param: external_account[country].',
        'external_account[country]',
      )
    if (!given.account_number)
      throw stripeError(
        400,
        'parameter_missing',
        'Missing required param: external_account[account_number].',
        'external_account[account_number]',
      )
    return { ...given, country: given.country, account_number: given.account_number }
  }
  const found = namedBank(given) ?? rememberedBank(platform, given)
  if (found) return found
  throw stripeError(400, 'resource_missing', `No such token: '${given}'`, 'external_account')
}

function addBank(own: Context, input: BankInput): BankAccount {
  const bank = own.tables.bank_account.create({
    ...bankFields(input),
    account: own.account.id,
    future_requirements: none,
    requirements: none,
  })
  rememberFailure(own, bank.id, input.account_number.replace(/[\s-]/g, ''))
  return bank
}

const none = { currently_due: [], errors: [], past_due: [], pending_verification: [] }

function addCard(platform: Context, own: Context, token: string): Stored<'card'> {
  const read = spendToken(platform, token, 'external_account')
  if (read.card.funding !== 'debit')
    throw stripeError(
      400,
      'invalid_card_type',
      'The card must be a debit card to be used as an external account.',
      'external_account',
    )
  const { customer: _, ...fields } = legacyCard(own.newId('card'), read, null)
  return own.tables.card.create({ ...fields, account: own.account.id, currency: 'usd' })
}

/** Other external accounts of the same currency. */
const siblings = (own: Context, { currency, id }: ExternalAccount): ExternalAccount[] =>
  [...own.tables.bank_account.by('account', own.account.id), ...own.tables.card.by('account', own.account.id)].filter(
    (each) => each.id !== id && each.currency === currency,
  )

/** One account per currency is the default: the others are no longer. */
export function makeDefault(own: Context, chosen: ExternalAccount): { default_for_currency: true } {
  for (const other of siblings(own, chosen))
    own.tables[other.object as 'bank_account'].patch(other.id, { default_for_currency: false })
  return { default_for_currency: true }
}

/** The external account of an id; throws Stripe's `resource_missing`. */
export function needExternalAccount(own: Context, id: string | undefined): ExternalAccount {
  const found = own.tables.bank_account.get(id ?? '') ?? own.tables.card.get(id ?? '')
  if (found?.account === own.account.id) return found
  throw stripeError(404, 'resource_missing', `No such external account: '${id}'`, 'id')
}

/** Removes one; the default of a currency stays until another one is. */
export function removeExternalAccount(own: Context, account: ExternalAccount): void {
  if (account.default_for_currency && siblings(own, account).length > 0)
    throw stripeError(
      400,
      undefined,
      `You cannot delete the default external account for your default currency. Please make another external account the default using the \`default_for_currency\` param, and then delete this one.`,
    )
  own.tables[account.object as 'bank_account'].remove(account.id)
}
