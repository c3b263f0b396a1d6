import type { HistoryEntry, Verdict } from '../../kernel/record.ts'
import { statusWord } from '../outcome.ts'
import { showDuration } from '../plain-text.ts'
import { html, type Markup } from './markup.ts'
import { toneOf } from './status-mark.ts'

const step = 14
const half = 34

/** Past runs from left to right: a pass stands on the line, anything else hangs below it; the length is how long it took. */
export function historyChart(history: readonly HistoryEntry[], most = 40): Markup {
  const shown = history.slice(0, most).reverse()
  if (shown.length === 0) return html`<p class="nothing">This is the first run.</p>`
  const slowest = Math.max(1, ...shown.map((entry) => entry.durationMs))
  const bars = shown.map((entry, index) => {
    const height = Math.max(4, Math.round((entry.durationMs / slowest) * (half - 4)))
    const top = entry.status === 'PASS' ? half - height : half + 1
    return html`<rect class="${toneOf(entry.status)}" x="${index * step + 2}" y="${top}" width="${step - 4}" height="${height}" rx="1"><title>${describe(entry)}</title></rect>`
  })
  const width = shown.length * step
  const passed = shown.filter((entry) => entry.status === 'PASS').length
  return html`<figure class="chart">
        <svg viewBox="0 0 ${width} ${half * 2}" width="${width}" height="${half * 2}" role="img" aria-label="${passed} of the last ${shown.length} runs passed">
          ${bars}<line x1="0" y1="${half + 0.5}" x2="${width}" y2="${half + 0.5}"/>
        </svg>
        <figcaption>${passed} of the last ${shown.length} runs passed. Above the line: passed; below: did not. Length: duration, at most ${showDuration(slowest)}. Newest on the right.</figcaption>
      </figure>`
}

const describe = ({ finishedAt, status, exitCode, durationMs }: HistoryEntry): string =>
  `${finishedAt.slice(0, 16).replace('T', ' ')} UTC: ${statusWord(status)}, exit ${exitCode}, ${showDuration(durationMs)}`

/** The verdicts of one gate over time as a row of cells; a gate that often falls is seen at once. */
export function gateHistory(verdicts: readonly (Verdict | undefined)[]): Markup {
  const cells = verdicts.map((verdict, index) => {
    if (!verdict) return html`<rect class="absent" x="${index * 10}" y="6" width="8" height="2"/>`
    const isPass = verdict === 'PASS'
    return html`<rect class="${toneOf(verdict)}" x="${index * 10}" y="${isPass ? 6 : 0}" width="8" height="${isPass ? 8 : 14}" rx="1"><title>${statusWord(verdict)}</title></rect>`
  })
  const width = Math.max(1, verdicts.length) * 10
  return html`<svg class="strip" viewBox="0 0 ${width} 14" width="${width}" height="14" aria-hidden="true" focusable="false">${cells}</svg>`
}
