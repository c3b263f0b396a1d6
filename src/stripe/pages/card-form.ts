import type { Context } from '../define.ts'
import { StripeError } from '../error.ts'
import { readCard } from '../payment/card-input.ts'
import { makeCardMethod, noBillingDetails, type PaymentMethod } from '../payment/payment-method.ts'
import { type Html, html } from './html.ts'
import { input } from './input.ts'

/** What was typed and may be shown again; a card number and its security code never are. */
export interface Typed {
  email?: string
  name?: string
  expiry?: string
  country?: string
  postal_code?: string
}

/** Where the customer is; for sessions that need to know. */
export const addressFields = (typed: Typed, refusal: Refusal | undefined): Html => html`<fieldset>
              <legend>Billing address</legend>
              <div class="pair">
                ${input({ name: 'country', id: 'billingCountry', label: 'Country (two letters)', autocomplete: 'country', value: typed.country, refusal })}
                ${input({ name: 'postal_code', id: 'billingPostalCode', label: 'Postal code', autocomplete: 'postal-code', value: typed.postal_code, refusal })}
              </div>
            </fieldset>`

/** The address that was typed; null where the form does not ask for one. */
function addressOf(form: URLSearchParams): PaymentMethod['billing_details']['address'] {
  const country = form.get('country')?.trim().toUpperCase()
  if (country === undefined) return null
  const postal_code = form.get('postal_code')?.trim() || null
  return { city: null, country: country || null, line1: null, line2: null, postal_code, state: null }
}

export interface Refusal {
  message: string
  /** The field to correct; absent when the bank refused. */
  field?: string
}

/** The fields of a card; ids are those of Stripe's own page, so that a test that drives it drives this one. */
export const cardFields = (typed: Typed, refusal: Refusal | undefined): Html => html`<fieldset>
              <legend>Card information</legend>
              ${input({ name: 'number', id: 'cardNumber', label: 'Card number', inputmode: 'numeric', autocomplete: 'cc-number', placeholder: '1234 1234 1234 1234', refusal })}
              <div class="pair">
                ${input({ name: 'expiry', id: 'cardExpiry', label: 'Expiry date', inputmode: 'numeric', autocomplete: 'cc-exp', placeholder: 'MM / YY', value: typed.expiry, refusal })}
                ${input({ name: 'cvc', id: 'cardCvc', label: 'Security code', inputmode: 'numeric', autocomplete: 'cc-csc', placeholder: 'CVC', refusal })}
              </div>
            </fieldset>
            ${input({ name: 'name', id: 'billingName', label: 'Name on card', autocomplete: 'cc-name', value: typed.name, refusal })}`

/** Which cards to try. */
export const cardHint = html`<p class="hint">Try <code>4242 4242 4242 4242</code>, any future date and any three digits.
            <code>4000 0000 0000 0002</code> is declined, <code>4000 0027 6000 3184</code> asks for 3-D Secure.</p>`

export const typedOf = (form: URLSearchParams): Typed => ({
  email: form.get('email') ?? '',
  name: form.get('name') ?? '',
  expiry: form.get('expiry') ?? '',
  country: form.get('country') ?? '',
  postal_code: form.get('postal_code') ?? '',
})

/** The payment method that a card form describes, or the field that is wrong. */
export function readCardForm(ctx: Context, form: URLSearchParams, email: string | null): PaymentMethod | Refusal {
  const name = (form.get('name') ?? '').trim()
  if ((form.get('number') ?? '').trim() === '') return { field: 'number', message: 'Enter the card number.' }
  const expiry = parseExpiry(form.get('expiry') ?? '')
  if (!expiry) return { field: 'expiry', message: 'Enter the expiry date as MM / YY.' }
  if ((form.get('cvc') ?? '').trim() === '') return { field: 'cvc', message: 'Enter the security code.' }
  if (name === '') return { field: 'name', message: 'Enter the name on the card.' }
  const address = addressOf(form)
  if (address && !/^[A-Z]{2}$/.test(address.country ?? ''))
    return { field: 'country', message: 'Enter the country as two letters, such as US.' }
  return refusable(() => {
    const card = readCard({ number: form.get('number'), cvc: form.get('cvc'), ...expiry }, ctx.now, 'card')
    return makeCardMethod(ctx, card, { billing_details: { ...noBillingDetails, address, email, name } })
  })
}

/** `12 / 34`, `1234`, `12/2034`. */
export function parseExpiry(text: string): { exp_month: number; exp_year: number } | undefined {
  const match = /^\s*(\d{1,2})\s*[/.-]?\s*(\d{4}|\d{2})\s*$/.exec(text)
  return match ? { exp_month: Number(match[1]), exp_year: Number(match[2]) } : undefined
}

/** Does what a bank may refuse; a refusal is said to the person, anything else is a bug. */
export function refusable<T>(work: () => T): T | Refusal {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof StripeError) || error.status >= 500) throw error
    const { code, message = 'Your card was declined.' } = error.fields
    const field = fields[code ?? '']
    return { message, ...(field && { field }) }
  }
}

const fields: Record<string, string> = {
  customer_tax_location_invalid: 'postal_code',
  invalid_number: 'number',
  incorrect_number: 'number',
  invalid_expiry_month: 'expiry',
  invalid_expiry_year: 'expiry',
  expired_card: 'expiry',
  invalid_cvc: 'cvc',
  incorrect_cvc: 'cvc',
  email_invalid: 'email',
  routing_number_invalid: 'routing_number',
  invalid_bank_account_iban: 'iban',
}

export const isRefusal = (result: object): result is Refusal => !('object' in result) && 'message' in result
