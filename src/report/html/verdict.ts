import type { GateRecord, RunRecord, Verdict } from '../../kernel/record.ts'
import { statusWord } from '../outcome.ts'
import { showDuration } from '../plain-text.ts'
import { html, link, type Markup } from './markup.ts'
import { statusIcon, toneOf } from './status-mark.ts'
import { showTime } from './time.ts'

/** The first thing on a page: one word, why, and until when it holds. */
export function verdictBanner(options: {
  eyebrow: Markup
  status: Verdict
  reason: string
  exitCode: number
  aside: Markup
}): Markup {
  const { eyebrow, status, reason, exitCode, aside } = options
  return html`<section class="banner ${toneOf(status)}" aria-labelledby="verdict">
      <div class="banner-main">
        <p class="eyebrow">${eyebrow}</p>
        <h1 id="verdict">${statusIcon(status)} ${statusWord(status)}</h1>
        <p class="reason">${reason}</p>
      </div>
      <dl class="banner-side">
        <div><dt>Exit code</dt><dd>${exitCode}</dd></div>
        ${aside}
      </dl>
    </section>`
}

export const runBanner = (run: RunRecord): Markup =>
  verdictBanner({
    eyebrow: html`${run.profile} on ${run.environment.name}`,
    status: run.status,
    reason: run.reason,
    exitCode: run.exitCode,
    aside: html`<div><dt>Gates passed</dt><dd>${run.gates.filter((gate) => gate.status === 'PASS').length} of ${run.gates.length}</dd></div>
        ${until(run)}`,
  })

export const gateBanner = (run: RunRecord, gate: GateRecord): Markup =>
  verdictBanner({
    eyebrow: html`${gate.title} · ${gate.id} ${gate.version}`,
    status: gate.status,
    reason: gate.reason,
    exitCode: gate.exitCode,
    aside: html`<div><dt>Passed</dt><dd>${gate.summary.pass + gate.summary.waived} of ${gate.summary.planned}</dd></div>
        <div><dt>Executed</dt><dd>${gate.summary.executed} of ${gate.summary.planned}, floor ${gate.minChecks}</dd></div>
        ${until(run)}`,
  })

/** Only a pass is worth a date: nothing follows from the others. */
const until = (run: RunRecord): Markup =>
  run.status === 'PASS' ? html`<div><dt>Valid until</dt><dd>${showTime(run.validUntil)}</dd></div>` : html``

/** What exactly was judged: without this a verdict is about nothing. */
export function identityStrip(run: RunRecord): Markup {
  const { environment, target, commit, branch, dirty, host } = run
  const state = [branch && `on ${branch}`, dirty && 'with uncommitted changes'].filter(Boolean).join(', ')
  const rows: [string, Markup | string | undefined][] = [
    [
      'Environment',
      html`${environment.name} <small>${environment.mode} mode${environment.embedded ? ', embedded' : ''}</small>`,
    ],
    ['Target', target.url && html`<code>${target.url}</code>`],
    [
      'Commit',
      commit && html`<code>${commit.slice(0, 12)}</code> <small class="${dirty ? 'warn' : 'clean'}">${state}</small>`,
    ],
    ['Build tested', target.build && html`<code>${target.build}</code>`],
    [
      'Configuration',
      html`<code>${run.configSha256.slice(0, 12)}</code> <small>plan ${run.planSha256.slice(0, 12)}</small>`,
    ],
    ['Run', html`<code>${run.runId}</code> <small>${host.runUrl && link(host.runUrl, 'on CI')}</small>`],
    ['Finished', html`${showTime(run.finishedAt)} <small>after ${showDuration(run.durationMs)}</small>`],
    ['Valid until', html`${showTime(run.validUntil)} <small>for this commit, build and configuration</small>`],
  ]
  const known = rows.filter(([, value]) => value)
  return html`<section aria-labelledby="identity"><h2 id="identity" class="quiet">What was judged</h2>
      <dl class="identity">${known.map(([name, value]) => html`<div class="${name === 'Target' ? 'wide' : 'narrow'}"><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    </section>`
}
