import { applyDiscounts, applyPromotionCode, changeQuantity } from '../checkout/adjust.ts'
import { intentOf, resumeSession, type Submitted } from '../checkout/complete.ts'
import { expireSession, recoverSession } from '../checkout/expire.ts'
import { lineItemsOf } from '../checkout/line-items.ts'
import { dataOf, type Session, successUrl } from '../checkout/session.ts'
import { asksAddress } from '../checkout/tax.ts'
import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { bankOf } from './bank-form.ts'
import { isRefusal, refusable, typedOf } from './card-form.ts'
import { submitForm } from './checkout-form.ts'
import { type CheckoutView, isEmbedded, renderCheckout } from './checkout-page.ts'
import { seeOther } from './layout.ts'
import { renderNotice } from './notice-page.ts'

/** A session whose time is over is expired even before the clock's next tick. */
export function currentSession(ctx: Context, id: string): Session {
  const session = ctx.tables['checkout.session'].need(id)
  return session.status === 'open' && session.expires_at <= ctx.now ? expireSession(ctx, session) : session
}

const viewOf = (ctx: Context, session: Session, chosen: string | null): CheckoutView => {
  const [discount] = session.discounts ?? []
  const promotion = discount?.promotion_code
  return {
    session,
    items: lineItemsOf(session.id, ctx.account),
    trialDays: Number(dataOf(ctx, session.id).subscription_data?.trial_period_days ?? 0),
    code: ctx.tables.promotion_code.get(promotion ?? '')?.code,
    bank: bankOf(session, chosen),
    asksAddress: asksAddress(ctx, session),
  }
}

/** The form, or what became of the session. `method` is the bank debit that was chosen. */
export const showCheckout = (ctx: Context, session: Session, method: string | null): HttpAnswer =>
  session.status === 'open' ? renderCheckout(viewOf(ctx, session, method)) : closed(session)

/** Takes a form of the page: the payment itself, a promotion code or a quantity. */
export function submitCheckout(ctx: Context, session: Session, form: URLSearchParams): HttpAnswer {
  if (session.status !== 'open') return closed(session)
  const action = form.get('action')
  if (action) return adjust(ctx, session, form, action)
  const result = submitForm(ctx, session, form)
  if (!isRefusal(result)) return next(ctx, result)
  const current = ctx.tables['checkout.session'].need(session.id)
  return renderCheckout({ ...viewOf(ctx, current, form.get('method')), typed: typedOf(form), refusal: result })
}

/** Goes on after a challenge. */
export const resumeCheckout = (ctx: Context, session: Session): HttpAnswer => next(ctx, resumeSession(ctx, session))

/** The address at which a customer begins anew after their time was over. */
export function reopenCheckout(ctx: Context, id: string): HttpAnswer {
  const session = ctx.tables['checkout.session'].need(id)
  const open = recoverSession(ctx, session)
  return open?.url ? seeOther(open.url) : closed(session)
}

function adjust(ctx: Context, session: Session, form: URLSearchParams, action: string): HttpAnswer {
  const result = refusable(() => {
    if (action === 'promotion') return applyPromotionCode(ctx, session, form.get('promotion_code') ?? '')
    if (action === 'remove_promotion' && session.allow_promotion_codes) return applyDiscounts(ctx, session, [])
    if (action === 'quantity')
      return changeQuantity(ctx, session, form.get('item') ?? '', Number(form.get('quantity') ?? ''))
    return session
  })
  if (!isRefusal(result)) return seeOther(ctx.url(`/c/pay/${session.id}`))
  const field = action === 'promotion' ? 'promotion_code' : 'quantity'
  const headline = action === 'promotion' ? 'The code was not applied.' : 'The quantity was not changed.'
  return renderCheckout({ ...viewOf(ctx, session, null), refusal: { ...result, field, headline } })
}

/** Where the browser goes after a step: to the challenge, to the shop, or back to the form with what went wrong. */
function next(ctx: Context, { challenge, session }: Submitted): HttpAnswer {
  if (challenge) return seeOther(challenge)
  const done = session.status === 'complete' && !isEmbedded(session) ? successUrl(session) : undefined
  if (done) return seeOther(done)
  if (session.status !== 'open') return closed(session)
  const intent = intentOf(ctx, session)
  const error = intent && ('last_payment_error' in intent ? intent.last_payment_error : intent.last_setup_error)
  const { email, name } = session.customer_details ?? {}
  const typed = { email: email ?? '', name: name ?? '' }
  const message = error?.code?.endsWith('authentication_failure')
    ? 'We are unable to authenticate your payment method. Please choose a different payment method and try again.'
    : (error?.message ?? 'Please try again.')
  return renderCheckout({ ...viewOf(ctx, session, null), typed, refusal: { message } })
}

function closed(session: Session): HttpAnswer {
  const success = successUrl(session)
  if (session.status === 'complete')
    return renderNotice({
      title: session.mode === 'setup' ? 'This card is saved already' : 'This is paid already',
      text: 'You have completed this checkout. There is nothing more to do here, and nothing is charged twice.',
      symbol: '✓',
      isFrameable: isEmbedded(session),
      link: success ? { url: success, text: 'Back to the shop' } : undefined,
    })
  return renderNotice({
    title: 'This page has expired',
    text: 'The shop gave you a limited time to pay, and it is over. Nothing was charged. Go back to the shop to start again.',
    status: 410,
    symbol: '!',
    isFrameable: isEmbedded(session),
    link: session.cancel_url ? { url: session.cancel_url, text: 'Back to the shop' } : undefined,
  })
}
