import type { Account } from '../accounts.ts'
import { intentOf, resumeSession, type Submitted } from '../checkout/complete.ts'
import { lineItemsOf } from '../checkout/line-items.ts'
import { expireSession, type Session, successUrl } from '../checkout/session.ts'
import type { Context } from '../define.ts'
import type { HttpAnswer, HttpRequest } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import type { StripeSandbox } from '../server.ts'
import { answerChallenge, showChallenge } from './challenge.ts'
import { submitForm, typedOf } from './checkout-form.ts'
import { renderCheckout } from './checkout-page.ts'
import { asset, seeOther } from './layout.ts'
import { answerLink } from './links.ts'
import { renderNotice } from './notice-page.ts'

/** The largest form that is read, in bytes. */
const formLimit = 16 * 1024

/** Answers the pages a person sees; undefined for every path that is not one. The ids in their addresses are their keys. */
export function answerPage(request: HttpRequest, sandbox: StripeSandbox): HttpAnswer | undefined {
  const { pathname } = new URL(request.url, 'http://localhost')
  const [, kind, id, step] = /^\/(c\/pay|3ds|receipts)\/([A-Za-z0-9_]{1,200})(?:\/(return))?$/.exec(pathname) ?? []
  if (!kind || !id)
    return (
      asset(pathname) ??
      answerLink(request, pathname, sandbox) ??
      (pathname.startsWith('/c/pay/') ? notFound() : undefined)
    )
  const isPost = request.method === 'POST'
  if (!isPost && request.method !== 'GET' && request.method !== 'HEAD') return methodNotAllowed()
  if ((request.body?.length ?? 0) > formLimit) return { ...notFound(), status: 413 }
  const form = new URLSearchParams(isPost ? Buffer.from(request.body ?? []).toString('utf8') : '')

  const object =
    kind === '3ds'
      ? id.startsWith('seti_')
        ? 'setup_intent'
        : 'payment_intent'
      : kind === 'receipts'
        ? 'charge'
        : 'checkout.session'
  const account = ownerOf(sandbox, object, id)
  if (!account) return notFound()
  return sandbox.within(account.id, (ctx) => {
    if (kind === 'receipts') return showReceipt(ctx, id)
    if (kind === '3ds') return isPost ? answerChallenge(ctx, id, form) : showChallenge(ctx, id)
    const session = currentSession(ctx, id)
    if (step === 'return') return next(ctx, resumeSession(ctx, session))
    return isPost ? submit(ctx, session, form) : show(ctx, session)
  })
}

/** A session whose time is over is expired even before the clock's next tick. */
function currentSession(ctx: Context, id: string): Session {
  const session = ctx.tables['checkout.session'].need(id)
  return session.status === 'open' && session.expires_at <= ctx.now ? expireSession(ctx, session) : session
}

/** An id is found in the one account that has it. */
const ownerOf = ({ accounts }: StripeSandbox, object: string, id: string): Account | undefined => {
  for (const account of accounts.all()) if (account.store.table(object).get(id)) return account
  return undefined
}

function show(ctx: Context, session: Session): HttpAnswer {
  if (session.status !== 'open') return closed(session)
  return renderCheckout(session, lineItemsOf(session.id, ctx.account), {})
}

function submit(ctx: Context, session: Session, form: URLSearchParams): HttpAnswer {
  if (session.status !== 'open') return closed(session)
  const result = submitForm(ctx, session, form)
  if ('session' in result) return next(ctx, result)
  return renderCheckout(session, lineItemsOf(session.id, ctx.account), typedOf(form), result)
}

/** Where the browser goes after a step: to the challenge, to the shop, or back to the form with what went wrong. */
function next(ctx: Context, { challenge, session }: Submitted): HttpAnswer {
  if (challenge) return seeOther(challenge)
  const done = session.status === 'complete' ? successUrl(session) : undefined
  if (done) return seeOther(done)
  if (session.status !== 'open') return closed(session)
  const intent = intentOf(ctx, session)
  const error = intent && ('last_payment_error' in intent ? intent.last_payment_error : intent.last_setup_error)
  const { email, name } = session.customer_details ?? {}
  const typed = { email: email ?? '', name: name ?? '' }
  const message = error?.code?.endsWith('authentication_failure')
    ? 'We are unable to authenticate your payment method. Please choose a different payment method and try again.'
    : (error?.message ?? 'Please try again.')
  return renderCheckout(session, lineItemsOf(session.id, ctx.account), typed, { message })
}

function closed(session: Session): HttpAnswer {
  const success = successUrl(session)
  if (session.status === 'complete')
    return renderNotice({
      title: session.mode === 'setup' ? 'This card is saved already' : 'This is paid already',
      text: 'You have completed this checkout. There is nothing more to do here, and nothing is charged twice.',
      symbol: '✓',
      link: success ? { url: success, text: 'Back to the shop' } : undefined,
    })
  return renderNotice({
    title: 'This page has expired',
    text: 'The shop gave you a limited time to pay, and it is over. Nothing was charged. Go back to the shop to start again.',
    status: 410,
    symbol: '!',
    link: session.cancel_url ? { url: session.cancel_url, text: 'Back to the shop' } : undefined,
  })
}

function showReceipt(ctx: Context, id: string): HttpAnswer {
  const {
    amount_captured,
    amount_refunded,
    currency,
    payment_method_details: details,
    status,
  } = ctx.tables.charge.need(id)
  const paid = formatMoney(amount_captured, currency)
  const back = amount_refunded > 0 ? ` ${formatMoney(amount_refunded, currency)} of it was refunded.` : ''
  const card = details?.card ? ` with the card ending in ${details.card.last4}` : ''
  return status === 'failed'
    ? renderNotice({ title: 'No payment was made', text: 'The bank declined this payment.', symbol: '!' })
    : renderNotice({ title: `Receipt for ${paid}`, text: `Paid${card}.${back} Reference: ${id}`, symbol: '✓' })
}

const notFound = (): HttpAnswer =>
  renderNotice({
    title: 'There is nothing here',
    text: 'The address is incomplete, or the sandbox was reset since it was made. Go back to the shop to start again.',
    status: 404,
    symbol: '!',
  })

const methodNotAllowed = (): HttpAnswer => ({
  status: 405,
  headers: { allow: 'GET, HEAD, POST', 'content-type': 'text/plain; charset=utf-8' },
  body: 'use GET or POST\n',
})
