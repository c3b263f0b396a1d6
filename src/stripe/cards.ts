/**
 * Stripe's documented test cards as data: what each number is, what it is called as `pm_card_…` and `tok_…`, and what happens when it is
 * used. Source: docs.stripe.com/testing.
 */
import { createHash } from 'node:crypto'
import type { DeclineName } from './declines.ts'

export type Brand = 'visa' | 'mastercard' | 'amex' | 'discover' | 'diners' | 'jcb' | 'unionpay' | 'eftpos_au'
export type Funding = 'credit' | 'debit' | 'prepaid' | 'unknown'

/**
 * - `decline`: every charge is declined, and attaching it to a customer too.
 * - `declineOnCharge`: attaching works, charging does not.
 * - `authenticate` asks for 3-D Secure: `always`; `unlessSetUp`: on every on-session payment, and off-session until it was set up;
 *   `onSession`: on-session only, as if it had been set up already. `declineAfter` is the decline after a passed challenge.
 * - `dispute`: the charge succeeds and is disputed with this reason; `inquiry` makes it a `warning_…` one.
 */
export interface CardBehaviour {
  decline?: DeclineName
  declineOnCharge?: DeclineName
  authenticate?: 'always' | 'unlessSetUp' | 'onSession'
  declineAfter?: DeclineName
  dispute?: 'fraudulent' | 'product_not_received'
  inquiry?: boolean
  fraudWarning?: boolean
  blocked?: boolean
  risk?: 'elevated' | 'highest'
  refund?: 'pending' | 'fails'
  /** Verification results other than `pass`. */
  cvc_check?: 'fail'
  address_line1_check?: 'fail' | 'unavailable'
  address_postal_code_check?: 'fail' | 'unavailable'
  /** Funds are available at once. */
  availableNow?: boolean
}

export interface TestCard extends CardBehaviour {
  number: string
  brand: Brand
  funding: Funding
  /** ISO 3166 country of the issuer. */
  country: string
  /** Names after `pm_card_` and `tok_`; the first is the documented one. */
  names: readonly string[]
  threeDSecure: 'required' | 'optional' | 'not_supported'
}

type Row = readonly [number: string, names: string, brand: Brand, funding: Funding, country: string, CardBehaviour?]

/** Where the brand or country is the point. */
const plain: readonly Row[] = [
  ['4242424242424242', 'visa us', 'visa', 'credit', 'US'],
  ['4000056655665556', 'visa_debit', 'visa', 'debit', 'US'],
  ['5555555555554444', 'mastercard', 'mastercard', 'credit', 'US'],
  ['2223003122003222', 'mastercard_2series', 'mastercard', 'credit', 'US'],
  ['5200828282828210', 'mastercard_debit', 'mastercard', 'debit', 'US'],
  ['5105105105105100', 'mastercard_prepaid', 'mastercard', 'prepaid', 'US'],
  ['378282246310005', 'amex', 'amex', 'credit', 'US'],
  ['371449635398431', 'amex_2', 'amex', 'credit', 'US'],
  ['6011111111111117', 'discover', 'discover', 'credit', 'US'],
  ['6011000990139424', 'discover_2', 'discover', 'credit', 'US'],
  ['6011981111111113', 'discover_debit', 'discover', 'debit', 'US'],
  ['3056930009020004', 'diners', 'diners', 'credit', 'US'],
  ['36227206271667', 'diners_14digits', 'diners', 'credit', 'US'],
  ['6555900000604105', 'bccard', 'discover', 'credit', 'KR'],
  ['3566002020360505', 'jcb', 'jcb', 'credit', 'JP'],
  ['6200000000000005', 'unionpay', 'unionpay', 'credit', 'CN'],
  ['6200000000000047', 'unionpay_debit', 'unionpay', 'debit', 'CN'],
  ['6205500000000000004', 'unionpay_19digits', 'unionpay', 'credit', 'CN'],
  ['4000002500001001', 'visa_cartesBancaires', 'visa', 'debit', 'FR'],
  ['5555552500001001', 'mastercard_cartesBancaires', 'mastercard', 'debit', 'FR'],
  ['4000050360000001', 'visa_debit_eftposAuCoBranded', 'visa', 'debit', 'AU'],
  ['5555050360000080', 'mastercard_debit_eftposAuCoBranded', 'mastercard', 'debit', 'AU'],
]

/** One Visa per country: `pm_card_br`, `tok_br`. */
const byCountry: Record<string, string> = {
  AR: '4000000320000021',
  BR: '4000000760000002',
  CA: '4000001240000000',
  CL: '4000001520000001',
  CO: '4000001700000003',
  CR: '4000001880000005',
  EC: '4000002180000000',
  MX: '4000004840008001',
  PA: '4000005910000000',
  PY: '4000006000000066',
  PE: '4000006040000068',
  UY: '4000008580000003',
  AE: '4000007840000001',
  AT: '4000000400000008',
  BE: '4000000560000004',
  BG: '4000001000000000',
  BY: '4000001120000005',
  HR: '4000001910000009',
  CY: '4000001960000008',
  CZ: '4000002030000002',
  DK: '4000002080000001',
  EE: '4000002330000009',
  FI: '4000002460000001',
  FR: '4000002500000003',
  DE: '4000002760000016',
  GI: '4000002920000005',
  GR: '4000003000000030',
  HU: '4000003480000005',
  IE: '4000003720000005',
  IT: '4000003800000008',
  LV: '4000004280000005',
  LI: '4000004380000004',
  LT: '4000004400000000',
  LU: '4000004420000006',
  MT: '4000004700000007',
  NL: '4000005280000002',
  NO: '4000005780000007',
  PL: '4000006160000005',
  PT: '4000006200000007',
  RO: '4000006420000001',
  SA: '4000006820000007',
  SI: '4000007050000006',
  SK: '4000007030000001',
  ES: '4000007240000007',
  SE: '4000007520000008',
  CH: '4000007560000009',
  GB: '4000008260000000',
  AU: '4000000360000006',
  CN: '4000001560000002',
  HK: '4000003440000004',
  IN: '4000003560000008',
  JP: '4000003920000003',
  MY: '4000004580000002',
  NZ: '4000005540000008',
  SG: '4000007020000003',
  TW: '4000001580000008',
  TH: '4000007640000003',
}

/** Visa cards of the United States that do something. */
const special: readonly (readonly [number: string, names: string, CardBehaviour])[] = [
  ['4000000000000002', 'visa_chargeDeclined chargeDeclined', { decline: 'generic_decline' }],
  [
    '4000000000009995',
    'visa_chargeDeclinedInsufficientFunds chargeDeclinedInsufficientFunds',
    { decline: 'insufficient_funds' },
  ],
  ['4000000000009987', 'visa_chargeDeclinedLostCard chargeDeclinedLostCard', { decline: 'lost_card' }],
  ['4000000000009979', 'visa_chargeDeclinedStolenCard chargeDeclinedStolenCard', { decline: 'stolen_card' }],
  ['4000000000000069', 'visa_chargeDeclinedExpiredCard chargeDeclinedExpiredCard', { decline: 'expired_card' }],
  [
    '4000000000000127',
    'visa_chargeDeclinedIncorrectCvc chargeDeclinedIncorrectCvc',
    { decline: 'incorrect_cvc', cvc_check: 'fail' },
  ],
  [
    '4000000000000119',
    'visa_chargeDeclinedProcessingError chargeDeclinedProcessingError',
    { decline: 'processing_error' },
  ],
  [
    '4000000000006975',
    'visa_chargeDeclinedVelocityLimitExceeded chargeDeclinedVelocityLimitExceeded',
    { decline: 'card_velocity_exceeded' },
  ],
  ['4000000000000341', 'chargeCustomerFail visa_chargeCustomerFail', { declineOnCharge: 'generic_decline' }],
  ['4100000000000019', 'radarBlock visa_radarBlock chargeDeclinedFraudulent', { decline: 'fraudulent', blocked: true }],
  ['4000000000004954', 'riskLevelHighest', { risk: 'highest', declineOnCharge: 'fraudulent', blocked: true }],
  ['4000000000009235', 'riskLevelElevated', { risk: 'elevated' }],
  ['4000000000000101', 'cvcCheckFail', { cvc_check: 'fail' }],
  ['4000000000000010', 'avsFail', { address_line1_check: 'fail', address_postal_code_check: 'fail' }],
  ['4000000000000028', 'avsLine1Fail', { address_line1_check: 'fail' }],
  ['4000000000000036', 'avsZipFail', { address_postal_code_check: 'fail' }],
  [
    '4000000000000044',
    'avsUnchecked',
    { address_line1_check: 'unavailable', address_postal_code_check: 'unavailable' },
  ],
  ['4000000000000077', 'bypassPending', { availableNow: true }],
  ['4000003720000278', 'bypassPendingInternational', { availableNow: true }],
  ['4000000000000093', 'domesticPricing', {}],
  ['4000000000000259', 'createDispute', { dispute: 'fraudulent' }],
  ['4000000000002685', 'createDisputeProductNotReceived', { dispute: 'product_not_received' }],
  ['4000000000001976', 'createDisputeInquiry', { dispute: 'fraudulent', inquiry: true }],
  ['4000000000005423', 'createIssuerFraudRecord', { fraudWarning: true }],
  ['4000000000007726', 'pendingRefund', { refund: 'pending' }],
  ['4000000000005126', 'refundFail', { refund: 'fails' }],
  ['4000000000003220', 'threeDSecure2Required', { authenticate: 'always' }],
  ['4000000000003063', 'threeDSecureRequired', { authenticate: 'always' }],
  [
    '4000008400001629',
    'threeDSecureRequiredChargeDeclined',
    { authenticate: 'always', declineAfter: 'generic_decline' },
  ],
  [
    '4000008400001280',
    'threeDSecureRequiredProcessingError',
    { authenticate: 'always', declineAfter: 'processing_error' },
  ],
  ['4000000000003055', 'threeDSecureOptional', {}],
  ['4000000000003097', 'threeDSecureOptionalProcessingError', {}],
  ['4000002500003155', 'authenticationRequiredOnSetup', { authenticate: 'unlessSetUp' }],
  ['4000002760003184', 'authenticationRequired', { authenticate: 'always' }],
  ['4000003800000446', 'authenticationRequiredSetupForOffSession', { authenticate: 'onSession' }],
  [
    '4000008260003178',
    'authenticationRequiredChargeDeclinedInsufficientFunds',
    { authenticate: 'always', declineAfter: 'insufficient_funds' },
  ],
]

const cards: readonly TestCard[] = [
  ...plain.map((row) => card(...row)),
  ...Object.entries(byCountry).map(([country, number]) =>
    card(number, country.toLowerCase(), 'visa', 'credit', country),
  ),
  ...special.map(([number, names, behaviour]) => card(number, names, 'visa', 'credit', 'US', behaviour)),
]

/** Stripe's stable name for a card number: 16 letters and digits, the same for the same number. */
export const fingerprintOf = (number: string): string =>
  createHash('sha256').update(`fingerprint ${number}`).digest('base64').replace(/[+/=]/g, '').slice(0, 16)

const byFingerprint = new Map(cards.map((each) => [fingerprintOf(each.number), each]))
const byNumber = new Map(cards.map((each) => [each.number, each]))
const byName = new Map(cards.flatMap((each) => each.names.map((name) => [name, each] as const)))

/** Every documented test card. */
export const testCards = (): readonly TestCard[] => cards

/** The card behind `pm_card_visa` or `tok_visa`; undefined for any other id. */
export function cardOfName(id: string): TestCard | undefined {
  const name = /^(?:pm_card_|tok_)(\w+)$/.exec(id)?.[1]
  return name === undefined ? undefined : byName.get(name)
}

/** Where Stripe's test numbers begin; anything else is a card of the real world, which test mode refuses. */
const testRanges = /^(4000|4001|4100|4242|2223|5105|5200|5555|3714|3782|6011|6555|3056|3622|3566|62)/

/** The card of a number in digits only; a number of the test ranges that is not documented is an ordinary card of its brand. */
export function cardOfNumber(number: string): TestCard | undefined {
  const known = byNumber.get(number)
  if (known || !testRanges.test(number)) return known
  const brand = brandOfNumber(number)
  return brand && isLuhnValid(number) ? card(number, '', brand, 'credit', 'US') : undefined
}

/** What a stored payment method does: its number is not kept, its fingerprint is. Undocumented cards do nothing special. */
export const behaviourOfFingerprint = (fingerprint: string | null | undefined): CardBehaviour =>
  byFingerprint.get(fingerprint ?? '') ?? {}

/** By the issuer ranges; undefined when no network issues such a number. */
export function brandOfNumber(number: string): Brand | undefined {
  if (/^4\d{12}(\d{3}){0,2}$/.test(number)) return 'visa'
  if (/^(5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12})$/.test(number)) return 'mastercard'
  if (/^3[47]\d{13}$/.test(number)) return 'amex'
  if (/^(30[0-5]|36|3[89])\d{11,13}$/.test(number)) return 'diners'
  if (/^35(2[89]|[3-8]\d)\d{12}$/.test(number)) return 'jcb'
  if (/^(6011|64[4-9]\d|65\d\d)\d{12}$/.test(number)) return 'discover'
  return /^62\d{14,17}$/.test(number) ? 'unionpay' : undefined
}

/** The check digit of ISO/IEC 7812. */
export function isLuhnValid(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return /^\d{12,19}$/.test(number) && sum % 10 === 0
}

function card(...[number, names, brand, funding, country, behaviour = {}]: Row): TestCard {
  const threeDSecure = behaviour.authenticate ? 'required' : brand === 'amex' ? 'not_supported' : 'optional'
  return { number, names: names.split(' ').filter(Boolean), brand, funding, country, threeDSecure, ...behaviour }
}
