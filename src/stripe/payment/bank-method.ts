import { createHash } from 'node:crypto'
import { type BankBehaviour, bankAccountOfName, behaviourOfAccount } from '../banks.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given } from '../wire.ts'
import { markSetUp, type PaymentMethod } from './payment-method.ts'

/** Bank details as the API takes them: `us_bank_account[account_number]`, `sepa_debit[iban]` … */
export interface BankDetails {
  account_number?: string
  routing_number?: string
  sort_code?: string
  bsb_number?: string
  iban?: string
  institution_number?: string
  transit_number?: string
  account_holder_type?: string
  account_type?: string
  financial_connections_account?: string
  bank_code?: string
  branch_code?: string
  suffix?: string
}

/** Payment methods that are pulled from a bank account and answered for days later. */
export const isBankDebit = (type: string): boolean =>
  ['us_bank_account', 'sepa_debit', 'bacs_debit', 'au_becs_debit', 'acss_debit', 'nz_bank_account'].includes(type)

const behaviourKey = (method: string) => `bank of ${method}`

/** What the bank does when this payment method is debited. */
export const bankBehaviourOf = (ctx: Context, method: PaymentMethod): BankBehaviour =>
  (ctx.account.memory.get(behaviourKey(method.id)) as BankBehaviour | undefined) ?? {}

/** A new bank account payment method; of its number only the end and a fingerprint are kept. */
export function makeBankMethod(
  ctx: Context,
  type: string,
  details: BankDetails,
  fields: Given<PaymentMethod>,
): PaymentMethod {
  const number = (details.iban ?? details.account_number ?? '').replace(/[\s-]/g, '').toUpperCase()
  if (number === '' && !details.financial_connections_account) throw missing(type)
  if (type === 'us_bank_account' && number !== '' && !/^\d{9}$/.test(details.routing_number ?? ''))
    throw stripeError(
      400,
      'routing_number_invalid',
      'The routing number must have exactly 9 digits.',
      `${type}[routing_number]`,
    )
  if (type === 'sepa_debit' && !isIban(number))
    throw stripeError(400, 'invalid_bank_account_iban', 'The IBAN you provided is invalid.', 'sepa_debit[iban]')
  const method = ctx.tables.payment_method.create({
    customer: null,
    ...fields,
    type,
    [type]: shownFields(type, number, details),
  } as Given<PaymentMethod>)
  ctx.account.memory.set(behaviourKey(method.id), behaviourOfAccount(type, number))
  return method
}

const missing = (type: string) => {
  const param = type === 'sepa_debit' ? 'sepa_debit[iban]' : `${type}[account_number]`
  return stripeError(400, 'parameter_missing', `Missing required param: ${param}.`, param)
}

/** The payment method behind `pm_usBankAccount_success` and its like: verified, ready to be debited. */
export function makeNamedBankMethod(ctx: Context, id: string): PaymentMethod | undefined {
  const account_number = bankAccountOfName(id)
  if (account_number === undefined) return undefined
  const details = {
    account_holder_type: 'individual',
    account_number,
    account_type: 'checking',
    routing_number: '110000000',
  }
  const billing_details = { address: null, email: null, name: 'Jenny Rosen', phone: null, tax_id: null }
  const method = makeBankMethod(ctx, 'us_bank_account', details, {
    allow_redisplay: 'unspecified',
    billing_details,
    metadata: {},
  })
  markSetUp(ctx, method.id)
  return method
}

function shownFields(type: string, number: string, details: BankDetails): object {
  const fingerprint = createHash('sha256')
    .update(`${type} ${details.routing_number ?? ''} ${number}`)
    .digest('hex')
    .slice(0, 16)
  const last4 = number.slice(-4)
  switch (type) {
    case 'us_bank_account':
      return {
        account_holder_type: details.account_holder_type ?? 'individual',
        account_type: details.account_type ?? 'checking',
        bank_name: 'STRIPE TEST BANK',
        financial_connections_account: details.financial_connections_account ?? null,
        fingerprint,
        last4,
        networks: { preferred: 'ach', supported: ['ach'] },
        routing_number: details.routing_number ?? null,
        status_details: {},
      }
    case 'sepa_debit':
      return {
        bank_code: number.slice(4, 9),
        branch_code: '',
        country: number.slice(0, 2),
        fingerprint,
        generated_from: { charge: null, setup_attempt: null },
        last4,
      }
    case 'bacs_debit':
      return { fingerprint, last4, sort_code: details.sort_code ?? null }
    case 'au_becs_debit':
      return { bsb_number: details.bsb_number ?? null, fingerprint, last4 }
    case 'nz_bank_account':
      return {
        account_holder_name: null,
        bank_code: details.bank_code ?? '',
        bank_name: 'STRIPE TEST BANK',
        branch_code: details.branch_code ?? '',
        last4,
        suffix: details.suffix ?? null,
      }
    default:
      return {
        bank_name: 'STRIPE TEST BANK',
        fingerprint,
        institution_number: details.institution_number ?? null,
        last4,
        transit_number: details.transit_number ?? null,
      }
  }
}

/** Form and check digits of ISO 13616. */
function isIban(iban: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(iban)) return false
  const digits = [...(iban.slice(4) + iban.slice(0, 4))].map((char) => Number.parseInt(char, 36)).join('')
  return [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1
}
