import { html, type Markup } from '../../../report/html/markup.ts'
import type { JournalEntry } from '../../../store/journal.ts'
import type { StoredRecord } from '../../../store/record.ts'
import type { StripeEvent } from '../../../stripe/world.ts'
import { objectPath, pathOf, tableOf } from '../find.ts'
import { type LinkOf, renderJson } from '../json.ts'
import { mask } from '../mask.ts'
import type { Page } from '../page.ts'
import { facts, live, section } from '../rows.ts'
import { isEventTable, type View } from '../view.ts'
import { createdMs, moment, statusOf, summaryOf } from '../words.ts'
import { eventRows } from './events.ts'
import { requestRows } from './requests.ts'

/** How many related things of each kind are shown. */
const most = 10

/** One object with everything around it; undefined when there is none (any more). */
export function objectPage(view: View, object: string, id: string): Page | undefined {
  const record = tableOf(view.account, object)?.get(id)
  if (!record) return undefined
  const title = `${object} ${id}`
  const events = eventsOf(view, id)
  const requests = requestsOf(view, id, events)
  const main = html`<p class="eyebrow"><a href="${view.href('/objects')}">Objects</a> / <a href="${view.href(`/objects/${encodeURIComponent(object)}`)}">${object}</a></p>
    <h1 class="id">${id}</h1>
    ${live(
      'facts',
      facts({
        'What it is': summaryOf(record),
        Status: typeof record.status === 'string' && statusOf(record),
        Made: moment(createdMs(record)),
        Metadata: metadataOf(record),
      }),
    )}
    <div class="columns">
      ${section('json', 'The object', live('object-json', renderJson(mask(record), linksOf(view, id))))}
      <div>
        ${live(
          'around',
          html`${section('events', 'Its events', events.length ? eventRows(view, events, id) : none)}
        ${section('requests', 'Its requests', requests.length ? requestRows(view, requests) : none)}
        ${section('related', 'Others that name it', related(view, object, id))}`,
        )}
      </div>
    </div>`
  return { title, section: 'objects', main }
}

const none = html`<p class="nothing">None.</p>`

function metadataOf({ metadata }: StoredRecord): Markup | undefined {
  const pairs = typeof metadata === 'object' && metadata !== null ? Object.entries(metadata) : []
  if (pairs.length === 0) return undefined
  return html`${pairs.slice(0, 5).map(([key, value]) => html`<span class="pair"><code>${key}</code> ${String(mask(value, key))}</span>`)}`
}

/** Texts of a JSON that are ids of this account lead to their pages here, addresses of the sandbox to its checkout and other pages. */
export const linksOf =
  (view: View, self?: string): LinkOf =>
  (text, name) => {
    if (text === self) return undefined
    if (text.startsWith(`${view.source.server.url}/`)) return text
    if (text.length > 255) return undefined
    if (text.startsWith('req_')) return view.href(`/requests/${encodeURIComponent(text)}`)
    const path = pathOf(view.account, text, name)
    return path && view.href(path)
  }

/** The latest events whose object this is. */
function eventsOf({ account }: View, id: string): StripeEvent[] {
  const keep = (event: StoredRecord): boolean => {
    const { object } = (event.data ?? {}) as { object?: { id?: unknown } }
    return object?.id === id || (event.related_object as { id?: unknown } | undefined)?.id === id
  }
  return ['event', 'v2.core.event'].flatMap(
    (name) => (tableOf(account, name)?.page({ keep, limit: most }).records ?? []) as unknown as StripeEvent[],
  )
}

/** The latest requests that named it in their path or parameters, or that its events came from. */
function requestsOf({ account }: View, id: string, events: readonly StripeEvent[]): JournalEntry[] {
  const sources = new Set(events.map(({ request }) => (request as { id?: string } | null)?.id))
  const journal = account.store.journal.list()
  const found: JournalEntry[] = []
  for (let at = journal.length - 1; at >= 0 && found.length < most; at--) {
    const entry = journal[at]!
    if (entry.path.includes(id) || sources.has(entry.id) || names(entry.params, id)) found.push(entry)
  }
  return found
}

const names = (params: unknown, id: string): boolean => {
  if (params === id) return true
  return typeof params === 'object' && params !== null && Object.values(params).some((value) => names(value, id))
}

/** Objects that have this one in the field of its name: the payments of a customer, the refunds of a charge. */
function related(view: View, object: string, id: string): Markup {
  const field = object.slice(object.lastIndexOf('.') + 1)
  const found = [...view.account.store.all()].flatMap(([name, table]) => {
    if (isEventTable(name) || name === object) return []
    return table.page({ where: { [field]: id }, limit: most }).records.map((record) => ({ name, record }))
  })
  if (found.length === 0) return none
  return html`<ul class="related">${found.map(
    ({ name, record }) =>
      html`<li><a href="${view.href(objectPath(name, record.id))}"><code>${record.id}</code></a> <span>${name}</span> ${summaryOf(record)} ${statusOf(record)}</li>`,
  )}</ul>`
}
