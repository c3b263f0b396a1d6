import type { GateRecord, RunRecord } from '../../kernel/record.ts'
import { attentionOf, byUrgency } from '../outcome.ts'
import { clean } from '../plain-text.ts'
import { fullCard } from './check-card.ts'
import { html, link, type Markup } from './markup.ts'
import { renderPage } from './page.ts'
import { gateFile, type SitePaths, sitePaths } from './paths.ts'
import { section } from './tables.ts'
import { gateBanner, identityStrip } from './verdict.ts'

/** Everything about one gate of a run; `index` is its place in the run. */
export function renderGatePage(record: RunRecord, index: number, paths: SitePaths = sitePaths(record)): string {
  const run = clean(record)
  const gate = run.gates[index]
  if (!gate) throw new RangeError(`the run has no gate ${index}`)
  const checks = [...gate.checks].sort(byUrgency)
  const attention = attentionOf(gate)
  const cards = (list: typeof checks) =>
    html`<div class="cards">${list.map((check) => fullCard(check, gate, paths, attention.includes(check)))}</div>`
  const others = checks.filter((check) => !attention.includes(check))
  const main = html`    ${gateBanner(run, gate)}
    ${gate.description && html`<p class="lead">${gate.description}</p>`}
    ${filesOf(gate, paths)}
    ${attention.length > 0 && section('attention', 'What stands in the way', cards(attention))}
    ${others.length > 0 && section('others', attention.length > 0 ? 'The other checks' : 'Checks', cards(others))}
    ${gate.checks.length === 0 && html`<p class="nothing">This gate has no checks, so it proves nothing.</p>`}
    ${identityStrip(run)}
    ${neighbours(run, index, paths)}`
  return renderPage({ title: `${gate.status} · ${gate.title}`, main, run })
}

function filesOf(gate: GateRecord, paths: SitePaths): Markup {
  const files: [string | undefined, string][] = [
    [gateFile(paths, gate, 'tests.txt'), 'tests.txt'],
    [gateFile(paths, gate, 'tests.json'), 'tests.json'],
    [paths.docs(gate), 'About this gate'],
  ]
  const links = files.filter(([target]) => target).map(([target, label]) => html`<li>${link(target, label)}</li>`)
  const needs = gate.needs.length > 0 && html`<p class="note">Needs ${gate.needs.join(', ')} to pass first.</p>`
  return html`<ul class="files">${links}</ul>${needs}`
}

function neighbours(run: RunRecord, index: number, paths: SitePaths): Markup {
  const entry = (place: number, label: string) =>
    run.gates[place] && html`<a href="${paths.gatePages[place]}">${label}: ${run.gates[place].title}</a>`
  return html`<nav class="neighbours" aria-label="Other gates">${entry(index - 1, 'Before')} ${entry(index + 1, 'Next')}</nav>`
}
