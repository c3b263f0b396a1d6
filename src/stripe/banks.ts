/**
 * Stripe's documented test bank accounts as data: what happens when one is debited. Sources: the testing sections of
 * docs.stripe.com/payments/{ach-direct-debit,sepa-debit,bacs-debit,au-becs-debit,acss-debit}/accept-a-payment.
 */

export type BankDebitType =
  | 'us_bank_account'
  | 'sepa_debit'
  | 'bacs_debit'
  | 'au_becs_debit'
  | 'acss_debit'
  | 'nz_bank_account'

export type DebitFailure =
  | 'account_closed'
  | 'no_account'
  | 'insufficient_funds'
  | 'debit_not_authorized'
  | 'invalid_currency'
  | 'refer_to_customer'
  | 'generic_decline'
  | 'charge_exceeds_weekly_limit'

export interface BankBehaviour {
  failure?: DebitFailure
  /** The bank answers three minutes later. */
  isLate?: boolean
  /** The payment succeeds and is disputed at once. */
  isDisputed?: boolean
  /** The bank never answers. */
  isEndless?: boolean
}

const usBankAccounts: Record<string, BankBehaviour> = {
  '000123456789': {},
  '000111111113': { failure: 'account_closed' },
  '000111111116': { failure: 'no_account' },
  '000222222227': { failure: 'insufficient_funds' },
  '000333333335': { failure: 'debit_not_authorized' },
  '000444444440': { failure: 'invalid_currency' },
  '000555555559': { isDisputed: true },
  '000000000009': { isEndless: true },
  '000777777771': { failure: 'charge_exceeds_weekly_limit' },
}

/** IBANs by their last digits: the country and check digits in front vary, the behaviour does not. */
const ibanEndings: readonly (readonly [string, BankBehaviour])[] = [
  ['235473201', {}],
  ['235473204', { isLate: true }],
  ['235473202', { failure: 'generic_decline' }],
  ['235473205', { failure: 'generic_decline', isLate: true }],
  ['235473203', { isDisputed: true }],
  ['002222227', { failure: 'insufficient_funds' }],
  // Italy's failing number is of another form than those of other countries.
  ['542811101000000123456', { failure: 'generic_decline' }],
]

const bacsAccounts: Record<string, BankBehaviour> = {
  '00012345': {},
  '90012345': { isLate: true },
  '33333335': { failure: 'debit_not_authorized' },
  '93333335': { failure: 'debit_not_authorized', isLate: true },
  '22222227': { failure: 'insufficient_funds' },
  '92222227': { failure: 'insufficient_funds', isLate: true },
  '55555559': { isDisputed: true, isLate: true },
}

const becsAccounts: Record<string, BankBehaviour> = {
  '000123456': {},
  '900123456': { isLate: true },
  '111111113': { failure: 'account_closed' },
  '911111113': { failure: 'account_closed', isLate: true },
  '111111116': { failure: 'no_account' },
  '911111116': { failure: 'no_account', isLate: true },
  '222222227': { failure: 'refer_to_customer' },
  '922222227': { failure: 'refer_to_customer', isLate: true },
  '333333335': { failure: 'debit_not_authorized' },
  '933333335': { failure: 'debit_not_authorized', isLate: true },
  '666666660': { isDisputed: true },
}

const acssAccounts: Record<string, BankBehaviour> = {
  '000123456789': {},
  '900123456789': { isLate: true },
  '000222222227': { failure: 'insufficient_funds' },
  '900222222227': { failure: 'insufficient_funds', isLate: true },
  '000333333335': { failure: 'debit_not_authorized' },
  '900333333335': { failure: 'debit_not_authorized', isLate: true },
  '000444444440': { failure: 'invalid_currency' },
  '000555555559': { isDisputed: true },
}

/** What `pm_usBankAccount_…` stands for. */
const namedUsAccounts: Record<string, string> = {
  success: '000123456789',
  accountClosed: '000111111113',
  noAccount: '000111111116',
  insufficientFunds: '000222222227',
  debitNotAuthorized: '000333333335',
  invalidCurrency: '000444444440',
  dispute: '000555555559',
  processing: '000000000009',
}

/** The account number behind `pm_usBankAccount_success`; undefined for any other id. */
export function bankAccountOfName(id: string): string | undefined {
  const name = /^pm_usBankAccount_(\w+)$/.exec(id)?.[1]
  return name === undefined ? undefined : namedUsAccounts[name]
}

/** What a bank does when an account is debited; an account that is not documented pays. */
export function behaviourOfAccount(type: string, number: string): BankBehaviour {
  if (type === 'sepa_debit') return ibanEndings.find(([ending]) => number.endsWith(ending))?.[1] ?? {}
  if (type === 'us_bank_account') return usBankAccounts[number] ?? {}
  if (type === 'bacs_debit') return bacsAccounts[number] ?? {}
  if (type === 'au_becs_debit') return becsAccounts[number] ?? {}
  return type === 'acss_debit' ? (acssAccounts[number] ?? {}) : {}
}

/** What Stripe says of a debit that failed, as the customer's bank put it. */
export const debitMessages: Record<DebitFailure, string> = {
  account_closed: "The customer's bank account has been closed.",
  no_account: "The customer's bank account could not be located.",
  insufficient_funds: "The customer's account has insufficient funds to cover this payment.",
  debit_not_authorized: 'The customer has notified their bank that this payment was unauthorized.',
  invalid_currency: 'The bank was unable to process this payment because of its currency.',
  refer_to_customer: "The customer's bank declined the payment. Contact the customer for more information.",
  generic_decline: 'The payment was declined by the bank.',
  charge_exceeds_weekly_limit: 'The payment amount exceeds the account weekly limit for this payment method.',
}
