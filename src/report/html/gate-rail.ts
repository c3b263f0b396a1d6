import type { CheckRecord, GateRecord, RunRecord } from '../../kernel/record.ts'
import { byUrgency } from '../outcome.ts'
import { showDuration } from '../plain-text.ts'
import { html, link, type Markup } from './markup.ts'
import { gateFile, type SitePaths } from './paths.ts'
import { statusMark, toneOf } from './status-mark.ts'

/** The gates in the order of the pipeline, each with its checks as a strip of cells. */
export function gateRail(run: RunRecord, paths: SitePaths): Markup {
  if (run.gates.length === 0)
    return html`<p class="nothing">No gate was evaluated, so nothing was shown to be right.</p>`
  return html`<ol class="rail">${run.gates.map((gate, index) => railRow(gate, paths, paths.gatePages[index] ?? 'index.html'))}</ol>`
}

function railRow(gate: GateRecord, paths: SitePaths, page: string): Markup {
  const { planned, executed } = gate.summary
  const files = [
    [paths.docs(gate), 'docs'],
    [gateFile(paths, gate, 'tests.txt'), 'tests.txt'],
    [gateFile(paths, gate, 'tests.json'), 'tests.json'],
  ].filter(([target]) => target)
  return html`<li class="${toneOf(gate.status)}">
        <div class="rail-name"><h3><a href="${page}">${gate.title}</a></h3><p><code>${gate.id}</code> ${gate.version}</p></div>
        <div class="rail-verdict">${statusMark(gate.status)}</div>
        <div class="rail-checks">${cellStrip(gate.checks)}<p>${executed} of ${planned} executed, floor ${gate.minChecks}, ${showDuration(gate.durationMs)}</p></div>
        ${gate.status !== 'PASS' && html`<p class="rail-reason">${gate.reason}</p>`}
        <p class="rail-files">${files.map(([target, label]) => html`${link(target, html`${label}<span class="hidden"> of ${gate.title}</span>`)} `)}</p>
      </li>`
}

/** More cells than this would be hairlines; the words beside the strip carry the numbers anyway. */
const mostCells = 60

/** One cell per check, what went wrong first and taller, so that the strip reads without colour too. */
function cellStrip(checks: readonly CheckRecord[]): Markup {
  const shown = [...checks].sort(byUrgency).slice(0, mostCells)
  const step = 14
  const cells = shown.map((check, index) => {
    const tone = check.advisory ? 'idle' : toneOf(check.status)
    const isLow = check.advisory || tone === 'pass' || tone === 'waived'
    return html`<rect class="${tone}" x="${index * step}" y="${isLow ? 6 : 0}" width="${step - 3}" height="${isLow ? 10 : 16}"/>`
  })
  const width = Math.max(1, shown.length) * step
  return html`<svg class="strip" viewBox="0 0 ${width} 16" width="${width}" height="16" preserveAspectRatio="xMinYMid meet" aria-hidden="true" focusable="false">${cells}</svg>`
}
