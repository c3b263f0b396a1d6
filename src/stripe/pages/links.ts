import { openLinkSession } from '../checkout/payment-link.ts'
import type { Context } from '../define.ts'
import { contentsOf } from '../file/contents.ts'
import { isExpired } from '../file/link.ts'
import type { HttpAnswer, HttpRequest } from '../http.ts'
import type { StripeSandbox } from '../server.ts'
import { answerVerification, showVerification } from './identity.ts'
import { seeOther } from './layout.ts'
import { renderNotice } from './notice-page.ts'
import { answerOnboarding, showOnboarding } from './onboarding.ts'

/** Payment links, file links, onboarding and identity checks; undefined for every other path. The ids in their addresses are their keys. */
export function answerLink(request: HttpRequest, path: string, sandbox: StripeSandbox): HttpAnswer | undefined {
  const isPost = request.method === 'POST'
  const text = isPost
    ? Buffer.from(request.body ?? [])
        .toString('utf8')
        .slice(0, 4096)
    : ''
  const form = new URLSearchParams(text)
  const check = /^\/identity\/(vs_[A-Za-z0-9]{1,60})$/.exec(path)?.[1]
  if (check)
    return within(sandbox, 'identity.verification_session', check, (ctx) =>
      isPost ? answerVerification(ctx, check, form) : showVerification(ctx, check),
    )
  const [, setup, token] = /^\/connect\/setup\/(acct_[A-Za-z0-9]{1,40})\/([A-Za-z0-9]{1,60})$/.exec(path) ?? []
  if (setup && token && sandbox.accounts.find(setup))
    return sandbox.within(setup, (ctx) => (isPost ? answerOnboarding(ctx, token, form) : showOnboarding(ctx, token)))
  if (isPost) return undefined
  const link = /^\/b\/(plink_[A-Za-z0-9]{1,60})$/.exec(path)?.[1]
  if (link) return within(sandbox, 'payment_link', link, (ctx) => visitPaymentLink(ctx, link))
  const file = /^\/links\/((link_[A-Za-z0-9]{1,60})_[A-Za-z0-9]{1,60})$/.exec(path)
  if (file) return within(sandbox, 'file_link', file[2]!, (ctx) => download(ctx, file[2]!, path))
  return undefined
}

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
function download(ctx: Context, id: string, path: string): HttpAnswer {
  const link = ctx.tables.file_link.need(id)
  const contents = contentsOf(ctx.account, link.file)
  if (!contents || !link.url?.endsWith(path) || isExpired(link, ctx.now)) return gone('This link has expired')
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
