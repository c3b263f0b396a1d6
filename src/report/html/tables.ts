import type { RunRecord } from '../../kernel/record.ts'
import { checkName, checksOf, statusWord } from '../outcome.ts'
import { html, type Markup } from './markup.ts'

/** A table that turns into a list of cards on a phone; cells are labelled by their column there. */
export function table(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (Markup | string)[])[],
): Markup {
  const body = rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell, index) => html`<td data-label="${columns[index + 1]}"><div>${cell}</div></td>`)}</tr>`,
  )
  return html`<table class="plain"><caption class="hidden">${caption}</caption>
      <thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
      <tbody>${body}</tbody></table>`
}

export function section(id: string, title: string, body: Markup, note?: string): Markup {
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${note && html`<p class="note">${note}</p>`}${body}</section>`
}

export const daysOf = (days: number): string => (days === 1 ? '1 day' : `${days} days`)

export function waiverSection(run: RunRecord): Markup {
  const waived = checksOf(run).filter((check) => check.waiver)
  if (waived.length === 0) return html``
  const rows = waived.map((check) => {
    const { reason, ticket, approvedBy, expires, daysLeft } = check.waiver!
    const left = html`${daysOf(daysLeft)} <small>${expires}</small>`
    return [
      html`<code>${checkName(check)}</code>`,
      statusWord(check.was ?? 'FAIL'),
      left,
      html`${reason} <small>${ticket}</small>`,
      approvedBy.join(', '),
    ]
  })
  const columns = ['Check', 'Without it', 'Days left', 'Why', 'Approved by']
  return section(
    'waivers',
    'Waived',
    table('Waivers in force', columns, rows),
    'These did not pass. Somebody decided to go on without them, for a while.',
  )
}

export function quarantineSection(run: RunRecord): Markup {
  const quarantined = checksOf(run).filter((check) => check.quarantine)
  if (quarantined.length === 0) return html``
  const rows = quarantined.map((check) => {
    const { owner, ticket, until, daysLeft } = check.quarantine!
    const left = html`${daysOf(daysLeft)} <small>${until}</small>`
    return [html`<code>${checkName(check)}</code>`, statusWord(check.status), left, ticket, owner]
  })
  return section(
    'quarantine',
    'In quarantine',
    table('Checks in quarantine', ['Check', 'Found', 'Days left', 'Ticket', 'Owner'], rows),
    'These fail by chance. They run, and do not count until their quarantine is over.',
  )
}

export function flagSection(run: RunRecord): Markup {
  if (run.flags.length === 0) return html``
  const rows = run.flags.map(({ name, value, origin }) => [
    html`<code>${name}</code>`,
    html`<code>${value}</code>`,
    origin,
  ])
  return section('flags', 'Provider flags', table('Provider flags', ['Flag', 'Value', 'Comes from'], rows))
}

export function notRunSection(run: RunRecord): Markup {
  if (run.notRun.length === 0) return html``
  const rows = run.notRun.map(({ id, title, reason }) => [html`${title} <small><code>${id}</code></small>`, reason])
  return section(
    'not-run',
    'Did not run',
    table('Gates that did not run', ['Gate', 'Because'], rows),
    'This run says nothing about these.',
  )
}

export function noteSection(run: RunRecord): Markup {
  if (run.notes.length === 0) return html``
  return section('notes', 'Notes', html`<ul class="notes">${run.notes.map((note) => html`<li>${note}</li>`)}</ul>`)
}
