import { html, type Markup } from '../../../report/html/markup.ts'
import type { Account } from '../../../stripe/accounts.ts'
import type { DeliveryAttempt } from '../../../stripe/webhooks/log.ts'
import { pathOf, tableOf } from '../find.ts'
import { renderBody, renderJson } from '../json.ts'
import { mask, maskText } from '../mask.ts'
import type { Page } from '../page.ts'
import { facts, live, nothing, section } from '../rows.ts'
import type { View } from '../view.ts'
import { codeMark, createdMs, moment, took } from '../words.ts'
import { linksOf } from './object.ts'

/** One event: what it says, where it went, what came back, and sending it again. */
export function eventPage(view: View, id: string): Page | undefined {
  const { account, source } = view
  const event =
    (tableOf(account, 'event') ?? tableOf(account, 'v2.core.event'))?.get(id) ??
    tableOf(account, 'v2.core.event')?.get(id)
  if (!event) return undefined
  const attempts = source.server.webhooks
    .attempts(account.id)
    .filter((attempt) => attempt.event === id)
    .reverse()
  const request = (event.request as { id?: string } | null | undefined)?.id
  const object = (event.data as { object?: { id?: string; object?: string } } | undefined)?.object
  const main = html`<p class="eyebrow"><a href="${view.href('/events')}">Events</a></p>
    <h1>${String(event.type)}</h1>
    ${live(
      'facts',
      facts({
        Event: html`<code>${id}</code>`,
        Time: moment(createdMs(event)),
        Object: object?.id && linked(view, object.id, object.object),
        Request: request
          ? html`<a href="${view.href(`/requests/${encodeURIComponent(request)}`)}"><code>${request}</code></a>`
          : 'none, time or a page made it',
        'Endpoints to go': String(event.pending_webhooks ?? 0),
      }),
    )}
    ${section(
      'deliveries',
      'Deliveries',
      html`${resendForm(view, id)}
      ${live('attempts', attempts.length ? html`<div class="cards">${attempts.map((attempt, index) => attemptCard(view, attempt, attempts.length - index))}</div>` : nothing('Not sent anywhere, or so long ago that the log has forgotten it.'))}`,
    )}
    ${section('json', 'The event', live('event-json', renderJson(mask(event), linksOf(view, id))))}`
  return { title: String(event.type), section: 'events', main }
}

function linked(view: View, id: string, object: string | undefined): Markup {
  const path = pathOf(view.account, id, object)
  return path === undefined ? html`<code>${id}</code>` : html`<a href="${view.href(path)}"><code>${id}</code></a>`
}

interface ShownEndpoint {
  id: string
  url: string
}

/** The endpoints that an event of this account can be sent to: its own and its platform's. */
export function endpointsOf({ account, source }: View): ShownEndpoint[] {
  const of = (owner: Account | undefined): ShownEndpoint[] =>
    owner ? ([...(tableOf(owner, 'webhook_endpoint')?.all() ?? [])] as unknown as ShownEndpoint[]) : []
  const platform = account.platform === undefined ? undefined : source.server.accounts.find(account.platform)
  return [...of(account), ...of(platform)]
}

function resendForm(view: View, id: string): Markup {
  const endpoints = endpointsOf(view)
  if (endpoints.length === 0)
    return html`<p class="note">There is no webhook endpoint. One is made with <code>POST /v1/webhook_endpoints</code>, or by <code>stripe listen</code>.</p>`
  return html`<form class="filter" method="post" action="${view.href(`/events/${encodeURIComponent(id)}/resend`)}">
      <label>To <select name="endpoint"><option value="">every endpoint that wants it</option>${endpoints.map(({ id, url }) => html`<option value="${id}">${maskText(url)}</option>`)}</select></label>
      <button>Send this event again</button></form>`
}

function attemptCard(view: View, attempt: DeliveryAttempt, number: number): Markup {
  const { status, url, endpoint, at, durationMs, error, response, signature, body, delivered } = attempt
  const result = error ?? (delivered ? 'taken' : 'refused')
  return html`<details class="card" id="attempt-${number}" data-key="attempt-${number}"><summary class="card-head">${codeMark(status)}
      <span>${maskText(url)}</span><small>attempt ${attempt.attempt}, ${result}</small><span class="card-time">${took(durationMs)} · ${moment(at)}</span></summary>
    <div class="card-body">
      <p class="label">Endpoint</p>${linked(view, endpoint, 'webhook_endpoint')}
      <p class="label">Stripe-Signature</p><pre tabindex="0"><code>${signature ?? 'nothing was sent'}</code></pre>
      <p class="label">What came back</p>${error === undefined ? renderBody(response === '' || response === undefined ? '(nothing)' : response, linksOf(view), shield) : html`<pre tabindex="0"><code>${error}</code></pre>`}
      <p class="label">What was sent</p>${renderBody(body, linksOf(view, attempt.event), shield)}
    </div></details>`
}

/** No secret, whether the body could be read or not. */
export const shield = (value: unknown): unknown => (typeof value === 'string' ? maskText(value) : mask(value))
