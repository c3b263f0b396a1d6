import { html, type Markup } from '../../../report/html/markup.ts'
import type { StoredRecord } from '../../../store/record.ts'
import { matcherOf, objectPath, pathOf, tableOf } from '../find.ts'
import type { Page } from '../page.ts'
import { hiddenAccount } from '../page.ts'
import { pageOfTable } from '../paging.ts'
import { live, nothing, pager, type Row, rows } from '../rows.ts'
import { isEventTable, type View } from '../view.ts'
import { count, counted, createdMs, moment, statusOf, summaryOf } from '../words.ts'

const columns = ['Status', 'Object', 'What it is', 'Made'] as const

/** All kinds of objects with how many there are, or what a search found in all of them. */
export function objectsPage(view: View): Page | { redirect: string } {
  const term = view.query.get('q')?.trim() ?? ''
  if (term === '') {
    const main = html`<h1>Objects</h1>${live('object-counts', objectCounts(view) ?? nothing('No objects yet.'))}`
    return { title: 'Objects', section: 'objects', main }
  }
  const exact =
    pathOf(view.account, term) ?? (isRequest(view, term) ? `/requests/${encodeURIComponent(term)}` : undefined)
  if (exact !== undefined) return { redirect: view.href(exact) }
  const main = html`<h1>Found for “${term}”</h1>${live('found', searchAll(view, term))}`
  return { title: `Found for ${term}`, section: 'objects', main }
}

const isRequest = ({ account }: View, id: string): boolean =>
  id.startsWith('req_') && account.store.journal.list().some((entry) => entry.id === id)

/** Kinds with their numbers, the most frequent first; undefined when there is nothing. */
export function objectCounts(view: View): Markup | undefined {
  const kinds = [...view.account.store.all()].filter(([object, { size }]) => size > 0 && !isEventTable(object))
  if (kinds.length === 0) return undefined
  kinds.sort(([a, { size: left }], [b, { size: right }]) => right - left || a.localeCompare(b))
  return html`<ul class="kinds">${kinds.map(
    ([object, { size }]) =>
      html`<li data-key="${object} ${size}"><a href="${view.href(`/objects/${encodeURIComponent(object)}`)}">${object}</a> <span>${count(size)}</span></li>`,
  )}</ul>`
}

/** How many of each kind a search over all shows. */
const shownPerKind = 10

function searchAll(view: View, term: string): Markup {
  const keep = matcherOf(term)
  const found = [...view.account.store.all()].flatMap(([object, table]) => {
    if (isEventTable(object)) return []
    const { records, hasMore } = table.page({ keep, limit: shownPerKind })
    return records.length > 0 ? [{ object, records, hasMore }] : []
  })
  if (found.length === 0)
    return nothing(
      html`Nothing. The search looks at ids, e-mail addresses, names and metadata; <code>order:42</code> finds that pair of metadata.`,
    )
  return html`${found.map(
    ({
      object,
      records,
      hasMore,
    }) => html`<section aria-labelledby="kind-${object}"><h2 id="kind-${object}">${object}</h2>
    ${objectRows(view, object, records)}
    ${hasMore && html`<p><a href="${view.href(`/objects/${encodeURIComponent(object)}`, { q: term })}">All of ${object} that match</a></p>`}</section>`,
  )}`
}

/** The objects of one kind, newest first. */
export function kindPage(view: View, object: string): Page {
  const table = tableOf(view.account, object)
  const term = view.query.get('q')?.trim() ?? ''
  const path = `/objects/${encodeURIComponent(object)}`
  const list = table && pageOfTable(view, table, path, { q: term }, term === '' ? undefined : matcherOf(term))
  const none = nothing(term === '' ? `No ${object} yet.` : `No ${object} matches “${term}”.`)
  const main = html`<p class="eyebrow"><a href="${view.href('/objects')}">Objects</a></p>
    <h1>${object}</h1>
    <form class="filter" action="${path}" method="get">${hiddenAccount(view)}
      <label>Id, e-mail, name or metadata <input type="search" name="q" value="${term}" autocomplete="off" spellcheck="false"></label><button>Filter</button></form>
    ${live(
      'list',
      html`<p class="note">${counted(table?.size ?? 0, 'object')}</p>
      ${list?.items.length ? objectRows(view, object, list.items) : none}
      ${pager(list?.newer, list?.older)}`,
    )}`
  return { title: object, section: 'objects', main }
}

export const objectRows = (view: View, object: string, records: readonly StoredRecord[]): Markup =>
  rows(
    object,
    columns,
    records.map((record) => objectRow(view, object, record)),
  )

const objectRow = (view: View, object: string, record: StoredRecord): Row => ({
  key: record.id,
  mark: statusOf(record),
  main: html`<a href="${view.href(objectPath(object, record.id))}"><code>${record.id}</code></a>`,
  note: summaryOf(record),
  time: moment(createdMs(record), view.account.clock.now()),
})
