import { openLinkSession } from '../checkout/payment-link.ts'
import type { Context } from '../define.ts'
import { contentsOf } from '../file/contents.ts'
import { isExpired } from '../file/link.ts'
import type { HttpAnswer, HttpRequest } from '../http.ts'
import type { StripeSandbox } from '../server.ts'
import { reopenCheckout } from './checkout.ts'
import { showCreditNotePdf } from './credit-note-pdf.ts'
import { answerDeposits, showDeposits } from './deposits.ts'
import { showExpress } from './express.ts'
import { answerVerification, showVerification } from './identity.ts'
import { seeOther } from './layout.ts'
import { showMandate } from './mandate.ts'
import { renderNotice } from './notice-page.ts'
import { answerOnboarding, showOnboarding } from './onboarding.ts'
import { answerSource, showSource } from './source.ts'
import { answerTransfer, showTransfer } from './transfer.ts'

/** A page whose address ends in an id, which is its key; a second group of the pattern is a token that belongs to it. */
interface LinkPage {
  path: RegExp
  object: string
  show(ctx: Context, id: string, token: string): HttpAnswer
  answer?(ctx: Context, id: string, form: URLSearchParams): HttpAnswer
}

const word = '[A-Za-z0-9]{1,60}'

const linkPages: readonly LinkPage[] = [
  { path: at(`b/(plink_${word})`), object: 'payment_link', show: visitPaymentLink },
  { path: at(`r/(cs_test_${word})`), object: 'checkout.session', show: reopenCheckout },
  { path: at(`links/(link_${word})_(${word})`), object: 'file_link', show: download },
  {
    path: at(`identity/(vs_${word})`),
    object: 'identity.verification_session',
    show: showVerification,
    answer: answerVerification,
  },
  {
    path: at(`microdeposits/(pi_${word})`),
    object: 'payment_intent',
    show: (ctx, id) => showDeposits(ctx, id),
    answer: answerDeposits,
  },
  {
    path: at(`microdeposits/(seti_${word})`),
    object: 'setup_intent',
    show: (ctx, id) => showDeposits(ctx, id),
    answer: answerDeposits,
  },
  { path: at(`transfers/(pi_${word})`), object: 'payment_intent', show: showTransfer, answer: answerTransfer },
  { path: at(`mandates/(pm_${word})`), object: 'payment_method', show: showMandate },
  { path: at(`sources/(src_${word})`), object: 'source', show: showSource, answer: answerSource },
  { path: at(`credit_notes/(cn_${word})/pdf`), object: 'credit_note', show: showCreditNotePdf },
  { path: at(`express/(acct_${word})/(${word})`), object: 'account', show: showExpress },
]

function at(path: string): RegExp {
  return new RegExp(`^/${path}$`)
}

/** Pages that addresses in answers lead to; undefined for every other path. */
export function answerLink(request: HttpRequest, path: string, sandbox: StripeSandbox): HttpAnswer | undefined {
  const isPost = request.method === 'POST'
  const [, setup, secret] = /^\/connect\/setup\/(acct_[A-Za-z0-9]{1,40})\/([A-Za-z0-9]{1,60})$/.exec(path) ?? []
  if (setup && secret && sandbox.accounts.find(setup))
    return sandbox.within(setup, (ctx) =>
      isPost ? answerOnboarding(ctx, secret, formOf(request)) : showOnboarding(ctx, secret),
    )
  for (const { answer, object, path: pattern, show } of linkPages) {
    const [, id, token = ''] = pattern.exec(path) ?? []
    if (id === undefined || (isPost && !answer)) continue
    return within(sandbox, object, id, (ctx) =>
      isPost && answer ? answer(ctx, id, formOf(request)) : show(ctx, id, token),
    )
  }
  return undefined
}

const formOf = ({ body }: HttpRequest): URLSearchParams =>
  new URLSearchParams(
    Buffer.from(body ?? [])
      .toString('utf8')
      .slice(0, 4096),
  )

/** An id is found in the one account that has it. */
function within(sandbox: StripeSandbox, object: string, id: string, work: (ctx: Context) => HttpAnswer): HttpAnswer {
  for (const account of sandbox.accounts.all())
    if (account.store.table(object).get(id)) return sandbox.within(account.id, work)
  return gone('There is nothing here')
}

function visitPaymentLink(ctx: Context, id: string): HttpAnswer {
  const link = ctx.tables.payment_link.need(id)
  if (!link.active) return gone('This link is no longer active', link.inactive_message ?? undefined)
  return seeOther(String(openLinkSession(ctx, link).url))
}

/** The content type is never one that a browser would run. */
function download(ctx: Context, id: string, token: string): HttpAnswer {
  const link = ctx.tables.file_link.need(id)
  const contents = contentsOf(ctx.account, link.file)
  if (!contents || !link.url?.endsWith(`/${id}_${token}`) || isExpired(link, ctx.now))
    return gone('This link has expired')
  const headers = {
    'content-type': /^(image\/(png|jpeg|gif)|application\/pdf)$/.test(contents.contentType)
      ? contents.contentType
      : 'application/octet-stream',
    'content-disposition': 'attachment',
    'x-content-type-options': 'nosniff',
  }
  return { status: 200, headers, body: contents.body }
}

const gone = (title: string, text = 'Ask whoever gave you this address for a new one.'): HttpAnswer =>
  renderNotice({ title, text, status: 404, symbol: '!' })
