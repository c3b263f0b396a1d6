import type { HistoryEntry, RunRecord } from '../../kernel/record.ts'
import { clean, showDuration } from '../plain-text.ts'
import { gateHistory, historyChart } from './history-chart.ts'
import { html, type Markup } from './markup.ts'
import { renderPage } from './page.ts'
import { statusMark } from './status-mark.ts'
import { section, table } from './tables.ts'
import { showTime } from './time.ts'

/** As many columns as a phone shows without scrolling. */
const shownPerGate = 30
const mostRuns = 100

/** What earlier runs said, newest first, and how each gate did over time. */
export function renderHistoryPage(record: RunRecord, entries: readonly HistoryEntry[]): string {
  const run = clean(record)
  const history = clean(entries)
  const main = html`    <h1>Past runs</h1>
    ${historyChart(history, 60)}
    ${gateSection(history)}
    ${runSection(history)}`
  return renderPage({ title: `Past runs · ${run.environment.name}`, current: 'history.html', main, run })
}

function gateSection(history: readonly HistoryEntry[]): Markup {
  const ids = [...new Set(history.flatMap((entry) => entry.gates.map((gate) => gate.id)))]
  if (ids.length === 0) return html``
  const rows = ids.map((id) => {
    const verdicts = history.map((entry) => entry.gates.find((gate) => gate.id === id)?.status)
    const known = verdicts.filter((verdict) => verdict !== undefined)
    const passed = known.filter((verdict) => verdict === 'PASS').length
    return [
      html`<code>${id}</code>`,
      gateHistory(verdicts.slice(0, shownPerGate).reverse()),
      `${passed} of ${known.length}`,
    ]
  })
  const note =
    'Oldest on the left. Tall cells are runs in which the gate did not pass, a dash one in which it was not evaluated.'
  return section(
    'by-gate',
    'By gate',
    table('Verdicts by gate', ['Gate', `Last ${Math.min(shownPerGate, history.length)} runs`, 'Passed'], rows),
    note,
  )
}

function runSection(history: readonly HistoryEntry[]): Markup {
  if (history.length === 0) return html``
  const rows = history
    .slice(0, mostRuns)
    .map((entry) => [
      showTime(entry.finishedAt),
      statusMark(entry.status),
      String(entry.exitCode),
      `${entry.profile} on ${entry.environment}`,
      html`${entry.commit ? html`<code>${entry.commit.slice(0, 12)}</code>` : 'none'}`,
      `${entry.gates.filter((gate) => gate.status === 'PASS').length} of ${entry.gates.length}`,
      showDuration(entry.durationMs),
    ])
  const columns = ['Finished', 'Verdict', 'Exit', 'Profile', 'Commit', 'Gates passed', 'Took']
  return section('by-run', 'By run', table('Past runs, newest first', columns, rows))
}
