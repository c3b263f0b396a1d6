import { html, type Markup } from '../../../report/html/markup.ts'
import { oneLine } from '../../../report/plain-text.ts'
import type { JournalEntry } from '../../../store/journal.ts'
import { maskText } from '../mask.ts'
import { hiddenAccount, type Page } from '../page.ts'
import { pageOfList } from '../paging.ts'
import { live, nothing, pager, type Row, rows } from '../rows.ts'
import type { View } from '../view.ts'
import { codeMark, counted, moment, took } from '../words.ts'

const results: Record<string, { label: string; keep(entry: JournalEntry): boolean }> = {
  ok: { label: 'answered', keep: ({ status }) => status < 400 },
  refused: { label: 'refused (4xx)', keep: ({ status }) => status >= 400 && status < 500 },
  failed: { label: 'failed (5xx)', keep: ({ status }) => status >= 500 },
  generic: { label: 'only imitated', keep: ({ generic }) => generic === true },
  replayed: { label: 'replayed', keep: ({ replayed }) => replayed === true },
}
const methods = ['GET', 'POST', 'DELETE']

/** The request log, newest first; `?method=`, `?result=` and `?path=` filter. */
export function requestsPage(view: View): Page {
  const { journal } = view.account.store
  const read = (name: string): string => view.query.get(name)?.trim() ?? ''
  const filter = { method: read('method'), result: read('result'), path: read('path') }
  const found = journal.list().reverse().filter(matcherOf(filter))
  const list = pageOfList(view, found, '/requests', filter)
  const isFiltered = Object.values(filter).some((value) => value !== '')
  const main = html`<h1>Requests</h1>
    <form class="filter" action="/requests" method="get">${hiddenAccount(view)}
      <label>Path, id or idempotency key <input type="search" name="path" value="${filter.path}" placeholder="/v1/refunds" autocomplete="off" spellcheck="false"></label>
      <label>Method ${choice(
        'method',
        filter.method,
        methods.map((method) => [method, method]),
      )}</label>
      <label>Result ${choice(
        'result',
        filter.result,
        Object.entries(results).map(([name, { label }]) => [name, label]),
      )}</label>
      <button>Filter</button></form>
    ${live(
      'list',
      html`<p class="note">${isFiltered && `${counted(found.length, 'request')} of `}${counted(journal.total, 'request')}${journal.total > journal.list().length && ', of which the latest are kept'}</p>
      ${list.items.length > 0 ? requestRows(view, list.items) : nothing(isFiltered ? 'No request matches.' : 'No requests yet.')}
      ${pager(list.newer, list.older)}`,
    )}`
  return { title: 'Requests', section: 'requests', main }
}

function matcherOf({ method, result, path }: { method: string; result: string; path: string }) {
  const { keep } = (Object.hasOwn(results, result) ? results[result] : undefined) ?? { keep: () => true }
  return (entry: JournalEntry): boolean =>
    (method === '' || entry.method === method) &&
    keep(entry) &&
    (path === '' || entry.path.includes(path) || entry.id === path || entry.idempotencyKey?.includes(path) === true)
}

const choice = (name: string, chosen: string, values: readonly (readonly [string, string])[]): Markup =>
  html`<select name="${name}"><option value="">all</option>${values.map(([value, label]) => html`<option value="${value}"${value === chosen && { markup: ' selected' }}>${label}</option>`)}</select>`

export function latestRequests(view: View): Markup {
  const latest = view.account.store.journal.list().slice(-8).reverse()
  if (latest.length === 0) return nothing('No requests yet.')
  return html`${requestRows(view, latest)}<p class="all"><a href="${view.href('/requests')}">All requests</a></p>`
}

export const requestRows = (view: View, entries: readonly JournalEntry[]): Markup =>
  rows(
    'Requests',
    ['Answer', 'Request', 'Notes', 'Time'],
    entries.map((entry) => requestRow(view, entry)),
  )

const requestRow = (view: View, entry: JournalEntry): Row => ({
  key: entry.id,
  mark: codeMark(entry.status),
  main: html`<a href="${view.href(`/requests/${encodeURIComponent(entry.id)}`)}"><span class="verb">${entry.method}</span> ${maskText(oneLine(entry.path))}</a>`,
  note: html`${flags(entry)}${entry.error?.message && oneLine(maskText(entry.error.message), 140)}`,
  time: html`<span class="took">${took(entry.durationMs)}</span> ${moment(entry.at, view.account.clock.now())}`,
})

/** What is special about a request, in single words. */
export const flags = ({ generic, replayed, notes }: JournalEntry): Markup =>
  html`${generic && html`<span class="badge generic" title="No behaviour of its own: the answer only has the right shape">generic</span> `}${replayed && html`<span class="badge">replayed</span> `}${notes && html`<span class="badge">noted</span> `}`
