import { completeOnboarding, linkOf, visitLink } from '../connect/onboarding.ts'
import type { Account } from '../connect/requirements.ts'
import type { Context } from '../define.ts'
import type { HttpAnswer } from '../http.ts'
import { html } from './html.ts'
import { cardPage, seeOther } from './layout.ts'
import { renderNotice } from './notice-page.ts'

/** Connect onboarding: a link is good for one visit, a second one goes to `refresh_url`, as at Stripe. */
export function showOnboarding(ctx: Context, token: string): HttpAnswer {
  const link = linkOf(ctx, token)
  const account = ctx.tables.account.get(link?.account ?? '')
  if (!link || !account) return unknown()
  return visitLink(ctx, token, link) ? renderOnboarding(account, ctx.account.id, token) : seeOther(link.refresh_url)
}

/** Takes the form: everything is filled in with test data, or left for later. */
export function answerOnboarding(ctx: Context, token: string, form: URLSearchParams): HttpAnswer {
  const link = linkOf(ctx, token)
  if (!link || !ctx.tables.account.get(link.account)) return unknown()
  if (form.get('outcome') === 'complete') completeOnboarding(ctx, link.account)
  return seeOther(link.return_url)
}

function renderOnboarding({ email, id, requirements }: Account, platform: string, token: string): HttpAnswer {
  const wanted = topicsOf(requirements?.currently_due ?? [])
  return cardPage({
    title: 'Onboarding – Sandbox',
    heading: 'Onboarding',
    body: html`<h1>Get paid</h1>
      <p>The account <code>${id}</code>${email && html` of <strong>${email}</strong>`} is being set up.</p>
      ${wanted.length > 0 && html`<p>Still wanted: ${wanted.join(', ')}.</p>`}
      <p class="muted">A real account holder would type these in. In the sandbox one button fills them in with test data.</p>
      <form method="post" action="/connect/setup/${platform}/${token}">
        <button type="submit" name="outcome" value="complete">Use test data and submit</button>
        <button type="submit" name="outcome" value="later" class="quiet">Save for later</button>
      </form>`,
  })
}

/** `representative.dob.day`, `representative.email` and the like are one topic. */
const topicsOf = (fields: readonly string[]): string[] => [
  ...new Set(fields.map((field) => field.replace(/\..*$/, '').replaceAll('_', ' '))),
]

const unknown = (): HttpAnswer =>
  renderNotice({
    title: 'There is nothing here',
    text: 'The address is incomplete, or the sandbox was reset since it was made. Ask the platform for a new link.',
    status: 404,
    symbol: '!',
  })
