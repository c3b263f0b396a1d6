import { type Submitted, submitSession } from '../checkout/complete.ts'
import type { Session } from '../checkout/session.ts'
import type { Context } from '../define.ts'
import { bankOf, readBankForm } from './bank-form.ts'
import { isRefusal, type Refusal, readCardForm, refusable } from './card-form.ts'

/** What the pressed button led to: the session's next step, or why it has to be pressed again. */
export function submitForm(ctx: Context, session: Session, form: URLSearchParams): Submitted | Refusal {
  const email = session.customer_email ?? (form.get('email') ?? '').trim()
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) return { field: 'email', message: 'Enter a complete email address.' }
  const bank = bankOf(session, form.get('method'))
  const method = bank ? readBankForm(ctx, form, bank, email) : readCardForm(ctx, form, email)
  if (isRefusal(method)) return method
  return refusable(() => submitSession(ctx, session, { method, email, name: method.billing_details.name }))
}
