import { type Submitted, submitSession } from '../checkout/complete.ts'
import type { Session } from '../checkout/session.ts'
import type { Context } from '../define.ts'
import { StripeError } from '../error.ts'
import { readCard } from '../payment/card-input.ts'
import { makeCardMethod, noBillingDetails } from '../payment/payment-method.ts'
import type { Field, Refusal, Typed } from './checkout-page.ts'

export const typedOf = (form: URLSearchParams): Typed => ({
  email: form.get('email') ?? '',
  name: form.get('name') ?? '',
  expiry: form.get('expiry') ?? '',
})

/** What the pressed button led to: the session's next step, or why it has to be pressed again. */
export function submitForm(ctx: Context, session: Session, form: URLSearchParams): Submitted | Refusal {
  const email = session.customer_email ?? (form.get('email') ?? '').trim()
  const name = (form.get('name') ?? '').trim()
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) return { field: 'email', message: 'Enter a complete email address.' }
  if ((form.get('number') ?? '').trim() === '') return { field: 'number', message: 'Enter the card number.' }
  const expiry = parseExpiry(form.get('expiry') ?? '')
  if (!expiry) return { field: 'expiry', message: 'Enter the expiry date as MM / YY.' }
  if ((form.get('cvc') ?? '').trim() === '') return { field: 'cvc', message: 'Enter the security code.' }
  if (name === '') return { field: 'name', message: 'Enter the name on the card.' }
  try {
    const card = readCard({ number: form.get('number'), cvc: form.get('cvc'), ...expiry }, ctx.now, 'card')
    const method = makeCardMethod(ctx, card, { billing_details: { ...noBillingDetails, email, name } })
    return submitSession(ctx, session, { method, email, name })
  } catch (error) {
    if (!(error instanceof StripeError) || error.status !== 402) throw error
    return refusalOf(error)
  }
}

/** `12 / 34`, `1234`, `12/2034`. */
export function parseExpiry(text: string): { exp_month: number; exp_year: number } | undefined {
  const match = /^\s*(\d{1,2})\s*[/.-]?\s*(\d{4}|\d{2})\s*$/.exec(text)
  return match ? { exp_month: Number(match[1]), exp_year: Number(match[2]) } : undefined
}

const fields: Record<string, Field> = {
  invalid_number: 'number',
  incorrect_number: 'number',
  invalid_expiry_month: 'expiry',
  invalid_expiry_year: 'expiry',
  expired_card: 'expiry',
  invalid_cvc: 'cvc',
  incorrect_cvc: 'cvc',
}

function refusalOf({ fields: { code, message = 'Your card was declined.' } }: StripeError): Refusal {
  const field = fields[code ?? '']
  return { message, ...(field && { field }) }
}
