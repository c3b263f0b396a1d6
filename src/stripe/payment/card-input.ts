import { brandOfNumber, cardOfName, cardOfNumber, isLuhnValid, type TestCard } from '../cards.ts'
import { declines } from '../declines.ts'
import { stripeError } from '../error.ts'

/** Card details as Stripe takes them: `card[number]`, `card[exp_month]` …, or `card[token]`. */
export interface CardInput {
  number?: string | null | undefined
  exp_month?: number | string | null | undefined
  exp_year?: number | string | null | undefined
  cvc?: string | null | undefined
  token?: string | null | undefined
}

export interface ReadCard {
  card: TestCard
  exp_month: number
  exp_year: number
  cvcGiven: boolean
}

/** Checks card details as Stripe does before any bank is asked; throws its `card_error`. `now` is in epoch seconds. */
export function readCard(input: CardInput, now: number, param = 'card'): ReadCard {
  const number = (input.number ?? '').replace(/[ -]/g, '')
  if (number === '')
    throw stripeError(402, 'invalid_number', 'The card number is not a valid credit card number.', `${param}[number]`)
  if (!brandOfNumber(number) || !isLuhnValid(number))
    throw stripeError(402, 'incorrect_number', 'Your card number is incorrect.', `${param}[number]`)
  const card = cardOfNumber(number)
  if (!card) {
    const { code, message, ...more } = declines.test_mode_live_card
    throw stripeError(402, code, message, undefined, more)
  }

  const month = Number(input.exp_month)
  if (!Number.isInteger(month) || month < 1 || month > 12)
    throw stripeError(402, 'invalid_expiry_month', "Your card's expiration month is invalid.", `${param}[exp_month]`)
  const year = fullYear(Number(input.exp_year))
  const today = new Date(now * 1000)
  const isPast = year < today.getUTCFullYear() || (year === today.getUTCFullYear() && month < today.getUTCMonth() + 1)
  if (!Number.isInteger(year) || isPast || year > today.getUTCFullYear() + 50)
    throw stripeError(402, 'invalid_expiry_year', "Your card's expiration year is invalid.", `${param}[exp_year]`)

  const cvc = input.cvc ?? ''
  const digits = card.brand === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/
  if (cvc !== '' && !digits.test(cvc))
    throw stripeError(402, 'invalid_cvc', "Your card's security code is invalid.", `${param}[cvc]`)
  return { card, exp_month: month, exp_year: year, cvcGiven: cvc !== '' }
}

/** The card behind `tok_visa` or `pm_card_visa`, as Stripe makes it up: valid for a year to come. */
export function readNamedCard(name: string, now: number): ReadCard | undefined {
  const card = cardOfName(name)
  const today = new Date(now * 1000)
  return card && { card, exp_month: today.getUTCMonth() + 1, exp_year: today.getUTCFullYear() + 1, cvcGiven: false }
}

/** Two digits mean this century. */
const fullYear = (year: number): number => (year >= 0 && year < 100 ? 2000 + year : year)
