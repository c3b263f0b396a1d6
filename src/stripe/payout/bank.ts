import { createHash } from 'node:crypto'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'

export type BankAccount = Stored<'bank_account'>
export type PayoutFailure = { failure_code: string; failure_message: string }

/** What a bank says of a payout to a documented test account: docs.stripe.com/connect/testing#account-numbers. */
const failures: Record<string, PayoutFailure> = {
  '000111111116': {
    failure_code: 'no_account',
    failure_message:
      'The bank account details on file are probably incorrect. No bank account could be located with those details.',
  },
  '000111111113': { failure_code: 'account_closed', failure_message: 'The bank account has been closed.' },
  '000222222227': {
    failure_code: 'insufficient_funds',
    failure_message: 'Your Stripe account has insufficient funds to cover the payout.',
  },
  '000333333335': {
    failure_code: 'debit_not_authorized',
    failure_message: 'Debit transactions are not approved on your bank account.',
  },
  '000444444440': {
    failure_code: 'invalid_currency',
    failure_message: 'The bank was unable to process this payout because of its currency.',
  },
}

const currencyOfCountry: Record<string, string> = {
  AU: 'aud',
  BR: 'brl',
  CA: 'cad',
  CH: 'chf',
  DK: 'dkk',
  GB: 'gbp',
  HK: 'hkd',
  IN: 'inr',
  JP: 'jpy',
  MX: 'mxn',
  NO: 'nok',
  NZ: 'nzd',
  PL: 'pln',
  SE: 'sek',
  SG: 'sgd',
  US: 'usd',
}

/** What a country's accounts are held in: the euro where nothing else is known. */
export const defaultCurrency = (country: string): string => currencyOfCountry[country] ?? 'eur'

export interface BankInput {
  country: string
  currency?: string | null | undefined
  account_number: string
  routing_number?: string | null | undefined
  account_holder_name?: string | null | undefined
  account_holder_type?: string | null | undefined
  account_type?: string | null | undefined
}

/** The fields of a bank account; of its number only the end and a fingerprint are kept. */
export function bankFields(input: BankInput, param = 'external_account'): Given<BankAccount> {
  const { account_number, country, routing_number } = input
  const number = account_number.replace(/[\s-]/g, '')
  if (!/^[A-Z0-9]{4,34}$/i.test(number))
    throw stripeError(
      400,
      'account_number_invalid',
      'Invalid account number: must contain only digits, and be at most 12 digits long',
      `${param}[account_number]`,
    )
  if (country === 'US' && !routing_number)
    throw stripeError(400, 'parameter_missing', 'Missing required param: routing_number.', `${param}[routing_number]`)
  if (country === 'US' && !isRoutingNumber(routing_number ?? ''))
    throw stripeError(
      400,
      'routing_number_invalid',
      `Invalid routing number: ${routing_number}`,
      `${param}[routing_number]`,
    )
  return {
    account_holder_name: input.account_holder_name ?? null,
    account_holder_type: input.account_holder_type ?? null,
    account_type: input.account_type ?? null,
    bank_name: 'STRIPE TEST BANK',
    country,
    currency: (input.currency ?? defaultCurrency(country)).toLowerCase(),
    fingerprint: fingerprintOf(`${country} ${routing_number ?? ''} ${number}`),
    last4: number.slice(-4),
    metadata: {},
    routing_number: routing_number ?? null,
    status: 'new',
  }
}

const fingerprintOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** The check digit of an ABA routing number. */
function isRoutingNumber(number: string): boolean {
  if (!/^\d{9}$/.test(number)) return false
  const sum = [...number].reduce((total, digit, index) => total + Number(digit) * [3, 7, 1][index % 3]!, 0)
  return sum % 10 === 0
}

const failureKey = (id: string) => `payouts to ${id}`

/** Remembers what payouts to this account will end in. */
export function rememberFailure(ctx: Context, id: string, accountNumber: string): void {
  const failure = failures[accountNumber]
  if (failure) ctx.account.memory.set(failureKey(id), failure)
}

export const failureOf = (ctx: Context, id: string | null): PayoutFailure | undefined =>
  ctx.account.memory.get(failureKey(id ?? '')) as PayoutFailure | undefined

/** The accounts and cards that money of this currency can be paid out to, the default one first. */
export function externalAccounts(ctx: Context, currency: string): (BankAccount | Stored<'card'>)[] {
  const own = [
    ...ctx.tables.bank_account.by('account', ctx.account.id),
    ...ctx.tables.card.by('account', ctx.account.id),
  ]
  const fitting = own.filter((each) => each.currency === currency)
  return fitting.sort((a, b) => Number(b.default_for_currency ?? false) - Number(a.default_for_currency ?? false))
}

/** Where a payout goes; an account of one's own always has a test bank account, a connected one must have been given it. */
export function payoutDestination(
  ctx: Context,
  currency: string,
  wanted?: string | null,
): BankAccount | Stored<'card'> {
  const accounts = externalAccounts(ctx, currency)
  const found = wanted ? accounts.find(({ id }) => id === wanted) : accounts[0]
  if (found) return found
  if (wanted) throw stripeError(400, 'resource_missing', `No such external account: '${wanted}'`, 'destination')
  if (!ctx.account.platform) return ownBank(ctx, currency)
  throw stripeError(
    400,
    undefined,
    `Sorry, you don't have any external accounts in that currency (${currency}).`,
    'currency',
  )
}

function ownBank(ctx: Context, currency: string): BankAccount {
  const fields = bankFields({ account_number: '000123456789', country: 'US', currency, routing_number: '110000000' })
  return ctx.tables.bank_account.create({ ...fields, account: ctx.account.id, default_for_currency: true })
}
