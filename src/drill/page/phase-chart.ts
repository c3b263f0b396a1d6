import { html, type Markup } from '../../report/html/markup.ts'
import { toneOf } from '../../report/html/status-mark.ts'
import { showDuration } from '../../report/plain-text.ts'
import type { PhaseRecord } from '../record.ts'

const width = 800
const row = 26
const labels = 110
const least = 3

/** The phases as bars on one line of time, each beginning where it began. */
export function phaseChart(phases: readonly PhaseRecord[]): Markup {
  const ran = phases.filter(({ status }) => status !== 'skipped')
  if (ran.length === 0) return html`<p class="nothing">No phase was reached.</p>`
  const begin = Math.min(...ran.map(({ startedAt }) => Date.parse(startedAt)))
  const total = Math.max(1, ...ran.map(({ startedAt, durationMs }) => Date.parse(startedAt) - begin + durationMs))
  const scale = (ms: number) => Math.round((ms / total) * (width - labels - 90))
  const bars = ran.map((phase, index) => {
    const from = labels + scale(Date.parse(phase.startedAt) - begin)
    const length = Math.max(least, scale(phase.durationMs))
    const [top, middle] = [index * row + 5, index * row + 17]
    const took = showDuration(phase.durationMs)
    return html`<text x="0" y="${middle}" font-size="13" fill="currentColor">${phase.name}</text>
          <rect class="${toneOf(phase.status === 'done' ? 'PASS' : 'FAIL')}" x="${from}" y="${top}" width="${length}" height="${row - 10}"><title>${phase.name}: ${took}${phase.note && `, ${phase.note}`}</title></rect>
          <text x="${from + length + 6}" y="${middle}" font-size="13" fill="currentColor">${took}</text>`
  })
  const height = ran.length * row
  const longest = [...ran].sort((a, b) => b.durationMs - a.durationMs)[0]!
  return html`<figure class="chart">
        <svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${ran.length} phases, the longest is ${longest.name} with ${showDuration(longest.durationMs)}">
          ${bars}
        </svg>
        <figcaption><strong>${showDuration(total)} from the first phase to the last.</strong> The longest is ${longest.name}. A phase that failed has the colour of a failure.</figcaption>
      </figure>`
}
