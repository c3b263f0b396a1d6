import { html, type Markup } from '../../../report/html/markup.ts'
import type { StoredRecord } from '../../../store/record.ts'
import type { StripeEvent } from '../../../stripe/world.ts'
import { tableOf } from '../find.ts'
import { hiddenAccount, type Page } from '../page.ts'
import { pageOfTable } from '../paging.ts'
import { live, nothing, pager, type Row, rows } from '../rows.ts'
import type { View } from '../view.ts'
import { counted, createdMs, moment } from '../words.ts'

/** All events, newest first; `?type=charge.*` keeps those of a type or a family. */
export function eventsPage(view: View): Page {
  const table = tableOf(view.account, 'event')
  const type = view.query.get('type')?.trim() ?? ''
  const list = table && pageOfTable(view, table, '/events', { type }, type === '' ? undefined : typeFilter(type))
  const v2 = tableOf(view.account, 'v2.core.event')?.size ?? 0
  const main = html`<h1>Events</h1>
    <form class="filter" action="/events" method="get">${hiddenAccount(view)}
      <label>Type <input type="search" name="type" value="${type}" placeholder="charge.*" autocomplete="off" spellcheck="false"></label><button>Filter</button></form>
    ${live(
      'list',
      html`<p class="note">${counted(table?.size ?? 0, 'event')}${v2 > 0 && html`, and <a href="${view.href('/objects/v2.core.event')}">${v2} of v2</a>`}</p>
      ${list?.items.length ? eventRows(view, list.items) : nothing(type === '' ? 'No events yet.' : `No event of type ${type}.`)}
      ${pager(list?.newer, list?.older)}`,
    )}`
  return { title: 'Events', section: 'events', main }
}

/** `charge.refunded` is that type, `charge.*` and `charge.` all of the family. */
function typeFilter(wanted: string): (event: StoredRecord) => boolean {
  const isFamily = /[*.]$/.test(wanted)
  const start = wanted.replace(/\*$/, '')
  return ({ type }) => (isFamily ? String(type).startsWith(start) : type === wanted)
}

export function latestEvents(view: View): Markup {
  const latest = tableOf(view.account, 'event')?.page({ limit: 8 }).records ?? []
  if (latest.length === 0) return nothing('No events yet.')
  return html`${eventRows(view, latest)}<p class="all"><a href="${view.href('/events')}">All events</a></p>`
}

/** `of` is the object whose events these are: it is not named again in every row. */
export function eventRows(view: View, events: readonly (StoredRecord | StripeEvent)[], of?: string): Markup {
  const results = deliveryResults(view)
  const list = events.map((event): Row => {
    const object = (event.data as { object?: { id?: string } } | undefined)?.object ?? event.related_object
    const objectId = (object as { id?: string } | undefined)?.id
    return {
      key: event.id,
      mark: deliveryMark(results.get(event.id), Number(event.pending_webhooks ?? 0)),
      main: html`<a href="${view.href(`/events/${encodeURIComponent(event.id)}`)}">${String(event.type)}</a>`,
      note: objectId === of ? undefined : html`<code>${objectId ?? event.id}</code>`,
      time: moment(createdMs(event as StoredRecord), view.account.clock.now()),
    }
  })
  return rows('Events', ['Delivery', 'Type', 'Object', 'Time'], list)
}

interface Results {
  taken: number
  refused: number
}

/** How the attempts of each event went, of those that are still in the log. */
function deliveryResults({ account, source }: View): Map<string, Results> {
  const results = new Map<string, Results>()
  for (const { event, delivered } of source.server.webhooks.attempts(account.id)) {
    const known = results.get(event) ?? { taken: 0, refused: 0 }
    results.set(event, {
      taken: known.taken + Number(delivered),
      refused: known.refused + Number(!delivered),
    })
  }
  return results
}

function deliveryMark(results: Results | undefined, pending: number): Markup {
  if (pending > 0 && results?.refused) return html`<span class="state bad">refused</span>`
  if (pending > 0) return html`<span class="state even">pending</span>`
  return results?.taken ? html`<span class="state ok">taken</span>` : html`<span class="state none">not sent</span>`
}
