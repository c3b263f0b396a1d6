import { html, type Markup } from '../../../report/html/markup.ts'
import { oneLine } from '../../../report/plain-text.ts'
import type { StoredRecord } from '../../../store/record.ts'
import { rolledUntil, secretsOf } from '../../../stripe/webhooks/endpoints.ts'
import type { DeliveryAttempt } from '../../../stripe/webhooks/log.ts'
import { objectPath, tableOf } from '../find.ts'
import { mask, maskText } from '../mask.ts'
import type { Page } from '../page.ts'
import { live, nothing, type Row, rows, section } from '../rows.ts'
import type { View } from '../view.ts'
import { codeMark, counted, moment, statusOf, took } from '../words.ts'

/** Webhook endpoints, how events travel to them, and the latest deliveries. */
export function webhooksPage(view: View): Page {
  const main = html`<h1>Webhooks</h1>
    ${section('endpoints', 'Endpoints', live('endpoint-list', endpointList(view)))}
    ${section('travel', 'How events travel', travel(view))}
    ${rolling(view)}
    ${section('deliveries', 'Latest deliveries', live('delivery-list', deliveries(view)))}`
  return { title: 'Webhooks', section: 'webhooks', main }
}

interface Endpoint extends StoredRecord {
  id: string
  url: string
  status: string
  description?: string | null
  enabled_events: readonly string[]
}

/** Most endpoints that are listed here; all of them are among the objects. */
const mostEndpoints = 50

const endpointsOf = ({ account }: View): Endpoint[] =>
  (tableOf(account, 'webhook_endpoint')?.page({ limit: mostEndpoints }).records ?? []) as Endpoint[]

function endpointList(view: View): Markup {
  const records = endpointsOf(view)
  if (records.length === 0)
    return nothing(
      html`No endpoint. One is made with <code>POST /v1/webhook_endpoints</code>; <code>stripe listen --forward-to</code> works too.`,
    )
  const attempts = view.source.server.webhooks.attempts(view.account.id)
  return html`<ul class="endpoints">${records.map((record) => endpointItem(view, record, attempts))}</ul>`
}

function endpointItem(view: View, endpoint: Endpoint, attempts: readonly DeliveryAttempt[]): Markup {
  const { id, url, enabled_events: types, description } = endpoint
  const own = attempts.filter((attempt) => attempt.endpoint === id)
  const refused = own.filter(({ delivered }) => !delivered).length
  const { account } = view
  const secrets = secretsOf(account, id, account.clock.now()).map((secret) => String(mask(secret, 'secret')))
  const until = rolledUntil(account, id)
  return html`<li data-key="${id}"><h3>${statusOf(endpoint)} <span>${maskText(oneLine(url))}</span></h3>
    <p><a href="${view.href(objectPath('webhook_endpoint', id))}"><code>${id}</code></a> ${description && oneLine(description)}</p>
    <p>${types.includes('*') ? 'Every event' : oneLine(types.join(', '))}. ${own.length === 0 ? 'Nothing sent yet' : html`${counted(own.length, 'attempt')}, ${refused} refused`}. ${secrets.length > 0 && html`Signed with <code>${secrets.join(', ')}</code>${until !== undefined && html`, the second until ${moment(until, account.clock.now())}`}.`}</p></li>`
}

/** A new secret for one endpoint. It stands outside the parts that are kept up to date: what was chosen must stay. */
function rolling(view: View): Markup {
  const records = endpointsOf(view)
  return records.length === 0
    ? html``
    : section(
        'rolling',
        'Roll a signing secret',
        html`<form class="filter" method="post" action="${view.href('/webhooks/roll')}">
      <label>Endpoint <select name="endpoint">${records.map(({ id, url }) => html`<option value="${id}">${maskText(oneLine(url))}</option>`)}</select></label>
      <label>The old one signs too for <select name="expires"><option value="24h">24 hours</option><option value="1h">an hour</option><option value="0s">no longer</option></select></label>
      <button>Roll</button></form>`,
      )
}

function travel(view: View): Markup {
  const { traffic } = view.source.server.webhooks
  const rules = traffic.rulesOf(view.account.id)
  const held = traffic.held(view.account.id)
  const isHolding = rules.hold !== false
  return html`<form class="filter" method="post" action="${view.href('/webhooks/traffic')}">
      <label>New events <select name="hold"><option value="">are sent</option><option value="all"${isHolding && { markup: ' selected' }}>are held back</option></select></label>
      <label>Each is sent <select name="copies">${[1, 2, 3, 5].map((copies) => html`<option value="${copies}"${copies === rules.copies && { markup: ' selected' }}>${copies === 1 ? 'once' : `${copies} times`}</option>`)}</select></label>
      <label>After <input name="delay" value="${rules.delayMs === 0 ? '0s' : `${rules.delayMs}ms`}" autocomplete="off" spellcheck="false" size="8" required pattern="(\\d+(ms|s|m|h|d))+"></label>
      <button>Apply</button></form>
    ${live(
      'held',
      held.length === 0
        ? html``
        : html`<div class="held"><p><strong>${counted(held.length, 'event')} held back</strong>, the oldest first:</p>
      <ol>${held.slice(0, 20).map(({ event, type }) => html`<li><a href="${view.href(`/events/${encodeURIComponent(event)}`)}">${type}</a></li>`)}</ol>
      <form class="filter" method="post" action="${view.href('/webhooks/release')}"><button name="order" value="created">Release in order</button> <button name="order" value="reversed">Release in reverse</button></form></div>`,
    )}`
}

function deliveries(view: View): Markup {
  const latest = view.source.server.webhooks.attempts(view.account.id).slice(-25).reverse()
  if (latest.length === 0) return nothing('Nothing was sent yet.')
  return rows(
    'Deliveries',
    ['Answer', 'Event', 'Endpoint', 'Time'],
    latest.map((attempt) => deliveryRow(view, attempt)),
  )
}

const deliveryRow = (view: View, attempt: DeliveryAttempt): Row => ({
  key: [attempt.event, attempt.endpoint, attempt.attempt, attempt.at].join(' '),
  mark: codeMark(attempt.status),
  main: html`<a href="${view.href(`/events/${encodeURIComponent(attempt.event)}`)}">${attempt.type}</a>${attempt.attempt > 1 && html` <span class="badge">attempt ${attempt.attempt}</span>`}`,
  note: maskText(oneLine(attempt.error ?? attempt.url)),
  time: html`<span class="took">${took(attempt.durationMs)}</span> ${moment(attempt.at, view.account.clock.now())}`,
})
