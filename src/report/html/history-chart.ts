import type { HistoryEntry, Verdict } from '../../kernel/record.ts'
import { statusWord } from '../outcome.ts'
import { showDuration } from '../plain-text.ts'
import { html, type Markup } from './markup.ts'
import { toneOf } from './status-mark.ts'

const step = 20
const half = 34

/**
 * Past runs from left to right, the newest at the right end: a pass stands on the line, anything else hangs below it; the length is how long
 * it took. A young history leaves room on its left.
 */
export function historyChart(history: readonly HistoryEntry[], most = 40): Markup {
  const shown = history.slice(0, most).reverse()
  if (shown.length === 0) return html`<p class="nothing">No run is on record yet.</p>`
  const places = Math.max(20, shown.length)
  const slowest = Math.max(1, ...shown.map((entry) => entry.durationMs))
  const bars = shown.map((entry, index) => {
    const height = Math.max(4, Math.round((entry.durationMs / slowest) * (half - 2)))
    const top = entry.status === 'PASS' ? half - height : half + 1
    const left = (places - shown.length + index) * step
    return html`<rect class="${toneOf(entry.status)}" x="${left + 3}" y="${top}" width="${step - 6}" height="${height}"><title>${describe(entry)}</title></rect>`
  })
  const width = places * step
  const passed = shown.filter((entry) => entry.status === 'PASS').length
  return html`<figure class="chart">
        <svg viewBox="0 0 ${width} ${half * 2}" width="${width}" height="${half * 2}" preserveAspectRatio="none" role="img" aria-label="${passed} of the last ${shown.length} runs passed">
          ${bars}<line x1="0" y1="${half + 0.5}" x2="${width}" y2="${half + 0.5}"/>
        </svg>
        <figcaption><strong>${passed} of the last ${shown.length} runs passed.</strong> Above the line: passed. Below: did not. Length: how long it took, ${showDuration(slowest)} at most. Newest on the right.</figcaption>
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
