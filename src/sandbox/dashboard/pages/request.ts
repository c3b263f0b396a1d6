import { html, type Markup } from '../../../report/html/markup.ts'
import type { JournalEntry } from '../../../store/journal.ts'
import type { StoredRecord } from '../../../store/record.ts'
import { tableOf } from '../find.ts'
import { renderBody, renderJson } from '../json.ts'
import { mask, maskText } from '../mask.ts'
import type { Page } from '../page.ts'
import { facts, live, section } from '../rows.ts'
import type { View } from '../view.ts'
import { codeMark, count, moment, took } from '../words.ts'
import { shield } from './event.ts'
import { eventRows } from './events.ts'
import { linksOf } from './object.ts'

/** One request: what was asked, what was answered, what happened because of it. */
export function requestPage(view: View, id: string): Page | undefined {
  const entry = view.account.store.journal.list().find((each) => each.id === id)
  if (!entry) return undefined
  const main = html`<p class="eyebrow"><a href="${view.href('/requests')}">Requests</a></p>
    <h1><span class="verb">${entry.method}</span> ${maskText(entry.path)}</h1>
    ${facts({
      Answer: html`${codeMark(entry.status)} <small>in ${took(entry.durationMs)}</small>`,
      Request: html`<code>${id}</code>`,
      Time: moment(entry.at),
      'Idempotency key':
        entry.idempotencyKey !== undefined &&
        html`<code>${maskText(entry.idempotencyKey)}</code>${entry.replayed && html` <small>answered before: this is that answer again</small>`}`,
      Behaviour: entry.generic && html`generic <small>only the shape of the answer is Stripe's</small>`,
    })}
    ${entry.notes && html`<ul class="notes">${entry.notes.map((note) => html`<li>${maskText(note)}</li>`)}</ul>`}
    <div class="columns even-columns">
      ${section('asked', 'What was asked', asked(view, entry))}
      ${section('answered', 'What was answered', answered(view, entry))}
    </div>
    ${live('events', eventsFrom(view, entry))}`
  return { title: `${entry.method} ${entry.path}`, section: 'requests', main }
}

function asked(view: View, { params }: JournalEntry): Markup {
  if (params === undefined)
    return html`<p class="nothing">Parameters that could not be read, or too many to be kept.</p>`
  if (Object.keys(params as object).length === 0) return html`<p class="nothing">No parameters.</p>`
  return renderJson(mask(params), linksOf(view))
}

function answered(view: View, { id, error }: JournalEntry): Markup {
  const answer = view.source.answers.of(id)
  if (answer?.text !== undefined && answer.text.length === answer.size)
    return renderBody(answer.text, linksOf(view), shield)
  if (answer?.text !== undefined)
    return html`<p class="note">The beginning of ${count(answer.size)} bytes.</p><pre tabindex="0"><code>${maskText(answer.text)}</code></pre>`
  if (answer) return html`<p class="nothing">${count(answer.size)} bytes of ${answer.contentType}.</p>`
  if (error) return renderJson(mask(error), linksOf(view))
  return html`<p class="nothing">Only the latest answers are kept, and this is an older one.</p>`
}

/** Most events that are shown; a test clock can make thousands in one request. */
const mostEvents = 100

function eventsFrom(view: View, { id }: JournalEntry): Markup {
  const keep = ({ request }: StoredRecord): boolean => (request as { id?: string } | null | undefined)?.id === id
  const events = tableOf(view.account, 'event')?.page({ keep, limit: mostEvents }).records ?? []
  return events.length === 0 ? html`` : section('made-events', 'Events it made', eventRows(view, events))
}
