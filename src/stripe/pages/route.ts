import type { Account } from '../accounts.ts'
import type { Context } from '../define.ts'
import type { HttpAnswer, HttpRequest } from '../http.ts'
import { formatMoney } from '../payment/money.ts'
import type { StripeSandbox } from '../server.ts'
import { answerChallenge, showChallenge } from './challenge.ts'
import { currentSession, resumeCheckout, showCheckout, submitCheckout } from './checkout.ts'
import { asset } from './layout.ts'
import { answerLink } from './links.ts'
import { renderNotice } from './notice-page.ts'

/** The largest form that is read, in bytes. */
const formLimit = 16 * 1024

/** Answers the pages a person sees; undefined for every path that is not one. The ids in their addresses are their keys. */
export function answerPage(request: HttpRequest, sandbox: StripeSandbox): HttpAnswer | undefined {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost')
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
    if (step === 'return') return resumeCheckout(ctx, session)
    return isPost ? submitCheckout(ctx, session, form) : showCheckout(ctx, session, searchParams.get('method'))
  })
}

/** An id is found in the one account that has it. */
const ownerOf = ({ accounts }: StripeSandbox, object: string, id: string): Account | undefined => {
  for (const account of accounts.all()) if (account.store.table(object).get(id)) return account
  return undefined
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
