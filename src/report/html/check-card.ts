import type { CheckRecord, GateRecord } from '../../kernel/record.ts'
import { checkName, explain, statusWord } from '../outcome.ts'
import { showDuration, showValue } from '../plain-text.ts'
import { html, link, type Markup } from './markup.ts'
import { gateFile, type SitePaths } from './paths.ts'
import { statusMark, toneOf } from './status-mark.ts'
import { daysOf } from './tables.ts'

/** A check in full, for the page of its gate. Passing ones are folded; what went wrong is open. */
export function fullCard(check: CheckRecord, gate: GateRecord, paths: SitePaths, isInTheWay: boolean): Markup {
  const head = headOf(check, html`<code>${check.id}</code>`)
  const body = html`<div class="card-body">${titleOf(check)}${whyOf(check)}${findingsOf(check)}${detailsOf(check)}${traceOf(check, gate, paths)}</div>`
  if (!isInTheWay && check.status !== 'WAIVED')
    return html`<details class="card ${toneOf(check.status)}" id="${anchorOf(check)}"><summary class="card-head">${head}</summary>${body}</details>`
  return article(check, head, body)
}

/** The same for the overview: what was expected and what was there; how to see it again is folded. */
export function briefCard(check: CheckRecord, gate: GateRecord, paths: SitePaths, page: string): Markup {
  const name = html`<code>${checkName(check)}</code>`
  const body = html`<div class="card-body">${titleOf(check)}${whyOf(check)}${findingsOf(check)}
        <details class="more"><summary>Attempts, evidence, how to see it again<span class="hidden"> for ${checkName(check)}</span></summary>${traceOf(check, gate, paths)}</details></div>`
  return article(check, headOf(check, link(`${page}#${anchorOf(check)}`, name)), body)
}

const article = (check: CheckRecord, head: Markup, body: Markup): Markup =>
  html`<article class="card ${toneOf(check.status)}" id="${anchorOf(check)}" aria-label="${checkName(check)}"><h3 class="card-head">${head}</h3>${body}</article>`

const headOf = (check: CheckRecord, name: Markup): Markup =>
  html`${statusMark(check.status)} <span class="card-name">${name}</span> ${badges(check)} <span class="card-time">${showDuration(check.durationMs)}</span>`

const titleOf = (check: CheckRecord): Markup => html`${check.title && html`<p class="card-title">${check.title}</p>`}`

const traceOf = (check: CheckRecord, gate: GateRecord, paths: SitePaths): Markup =>
  html`${attemptsOf(check)}${reproduceOf(check)}${evidenceOf(check, gate, paths)}${factsOf(check)}`

export const anchorOf = (check: CheckRecord): string => `check-${check.id.replace(/[^A-Za-z0-9_-]+/g, '-')}`

const badges = (check: CheckRecord): Markup =>
  html`${check.quarantine && html`<span class="badge">quarantine, ${daysOf(check.quarantine.daysLeft)}</span> `}${check.advisory && !check.quarantine && html`<span class="badge">advisory</span> `}${check.flaky && html`<span class="badge">flaky</span> `}`

function whyOf(check: CheckRecord): Markup {
  const why = explain(check)
  return html`${why !== '' && html`<p class="why">${why}</p>`}`
}

/** Side by side on a wide screen, one under the other on a phone. */
function findingsOf(check: CheckRecord): Markup {
  if (check.findings.length === 0) return html``
  const rows = check.findings.map(
    ({ subject, expected, actual, place }) => html`<tr>
          <th scope="row">${subject}${place && html`<br><small>${place.file}:${place.line}:${place.column}</small>`}</th>
          <td data-label="Expected"><div><code>${expected}</code></div></td>
          <td data-label="Actual"><div><code class="actual">${actual}</code></div></td>
        </tr>`,
  )
  return html`<table class="findings"><caption class="hidden">Failed expectations of ${check.id}</caption>
        <thead><tr><th scope="col">Looked at</th><th scope="col">Expected</th><th scope="col">Actual</th></tr></thead>
        <tbody>${rows}</tbody></table>`
}

function detailsOf(check: CheckRecord): Markup {
  const entries = Object.entries(check.details)
  if (entries.length === 0) return html``
  return html`<dl class="facts">${entries.map(([key, value]) => html`<div><dt>${key}</dt><dd><code>${showValue(value)}</code></dd></div>`)}</dl>`
}

function attemptsOf(check: CheckRecord): Markup {
  if (check.attempts.length < 2) return html``
  const rows = check.attempts.map(
    ({ status, reason, durationMs }) =>
      html`<li>${statusWord(status)} <small>${showDuration(durationMs)}</small> ${reason}</li>`,
  )
  return html`<p class="label">Attempts</p><ol class="attempts">${rows}</ol>`
}

function reproduceOf(check: CheckRecord): Markup {
  if (check.reproduce.length === 0) return html``
  return html`<p class="label">See it again</p>${check.reproduce.map((command) => html`<pre tabindex="0"><code>${command}</code></pre>`)}`
}

function evidenceOf(check: CheckRecord, gate: GateRecord, paths: SitePaths): Markup {
  if (check.evidence.length === 0) return html``
  const rows = check.evidence.map(
    ({ path, sha256, bytes }) =>
      html`<li>${link(gateFile(paths, gate, path), path)} <small>${bytes.toLocaleString('en')} bytes, sha256 <code>${sha256}</code></small></li>`,
  )
  return html`<p class="label">Evidence</p><ul class="evidence">${rows}</ul>`
}

function factsOf(check: CheckRecord): Markup {
  const facts = [
    `type ${check.type}`,
    check.place && `${check.place.file}:${check.place.line}`,
    check.owner && `owner ${check.owner}`,
    check.needs.length > 0 && `needs ${check.needs.join(', ')}`,
  ].filter(Boolean)
  return html`<p class="small">${facts.join(' · ')}</p>`
}
