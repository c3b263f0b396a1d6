import type { Context } from '../define.ts'
import { type HttpAnswer, type HttpRequest, header } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import type { StripeSandbox } from '../server.ts'
import { answerPublishable } from '../stripe-js/publishable.ts'
import { answerScript, isScriptPath } from '../stripe-js/script.ts'
import { showAuthorize } from './authorize.ts'
import { answerChallenge, showChallenge } from './challenge.ts'
import { currentSession, resumeCheckout, showCheckout, submitCheckout } from './checkout.ts'
import { answerInvoicePage } from './invoice.ts'
import { asset } from './layout.ts'
import { answerLink } from './links.ts'
import { renderNotice } from './notice-page.ts'
import { answerPortal } from './portal.ts'
import { notFound, ownerOf, type PageVisit, readVisit } from './visit.ts'

/** The first part of the addresses of pages that take forms. */
const pagePaths = /^\/(c\/pay|3ds|receipts|i|p\/session)\//

/** Answers the pages a person sees; undefined for every path that is not one. The ids in their addresses are their keys. */
export function answerPage(
  request: HttpRequest,
  sandbox: StripeSandbox,
): Promise<HttpAnswer | undefined> | HttpAnswer | undefined {
  if (request.url.startsWith('/v1/')) return answerPublishable(request, sandbox)
  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
  if (isScriptPath(pathname)) return answerScript(originOf(request))
  if (!pagePaths.test(pathname))
    return asset(pathname) ?? showAuthorize(pathname, searchParams) ?? answerLink(request, pathname, sandbox)
  const visit = readVisit(request, sandbox)
  if ('status' in visit) return visit
  return answerInvoicePage(visit) ?? answerPortal(visit) ?? answerPayment(visit) ?? notFound()
}

/** Where the browser believes to be; only what a host can be ends up in the script. */
function originOf(request: HttpRequest): string {
  const host = header(request, 'host') ?? ''
  return `http://${/^[\w.-]+(:\d{1,5})?$/.test(host) ? host : '127.0.0.1'}`
}

/** Checkout, the 3-D Secure challenge and receipts. */
function answerPayment({ form, isPost, path, query, sandbox }: PageVisit): HttpAnswer | undefined {
  const [, kind, id, step] = /^\/(c\/pay|3ds|receipts)\/([A-Za-z0-9_]{1,200})(?:\/(return))?$/.exec(path) ?? []
  if (!kind || !id) return undefined
  const account = ownerOf(sandbox, objectOf(kind, id), id)
  if (!account) return undefined
  return sandbox.within(account.id, (ctx) => {
    if (kind === 'receipts') return showReceipt(ctx, id)
    if (kind === '3ds') return isPost ? answerChallenge(ctx, id, form) : showChallenge(ctx, id)
    const session = currentSession(ctx, id)
    if (step === 'return') return resumeCheckout(ctx, session)
    return isPost ? submitCheckout(ctx, session, form) : showCheckout(ctx, session, query.get('method'))
  })
}

function objectOf(kind: string, id: string): string {
  if (kind === 'receipts') return 'charge'
  if (kind === 'c/pay') return 'checkout.session'
  return id.startsWith('seti_') ? 'setup_intent' : 'payment_intent'
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
