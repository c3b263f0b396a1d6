import type { HistoryEntry, RunRecord } from '../../kernel/record.ts'
import { byUrgency, needsAttention } from '../outcome.ts'
import { clean } from '../plain-text.ts'
import { checkCard } from './check-card.ts'
import { gateRail } from './gate-rail.ts'
import { historyChart } from './history-chart.ts'
import { html, type Markup } from './markup.ts'
import { renderPage } from './page.ts'
import { type SitePaths, sitePaths } from './paths.ts'
import { flagSection, noteSection, notRunSection, section, waiverSection } from './tables.ts'
import { identityStrip, runBanner } from './verdict.ts'

/** More than this on one page helps nobody; the pages of the gates have them all. */
const mostCards = 40

/** The overview: may this release go out, why, and what stands in its way. */
export function renderIndexPage(
  record: RunRecord,
  history: readonly HistoryEntry[],
  paths: SitePaths = sitePaths(record),
): string {
  const run = clean(record)
  const main = html`    ${runBanner(run)}
    ${identityStrip(run)}
    ${attentionSection(run, paths)}
    ${section('gates', 'Gates', gateRail(run, paths))}
    ${waiverSection(run)}
    ${notRunSection(run)}
    ${noteSection(run)}
    ${section('history', 'Past runs', html`${historyChart(clean(history))}<p><a href="history.html">All past runs</a></p>`)}
    ${flagSection(run)}`
  return renderPage({
    title: `${run.status} · ${run.profile} on ${run.environment.name}`,
    current: 'overview',
    main,
    run,
  })
}

function attentionSection(run: RunRecord, paths: SitePaths): Markup {
  const found = run.gates.flatMap((gate, index) =>
    gate.checks.filter(needsAttention).map((check) => ({ check, gate, page: paths.gatePages[index] ?? 'index.html' })),
  )
  if (found.length === 0) return html``
  const sorted = found.sort((a, b) => byUrgency(a.check, b.check))
  const cards = sorted.slice(0, mostCards).map(({ check, gate, page }) => checkCard(check, gate, paths, page))
  const left = sorted.length - cards.length
  const more = left > 0 && html`<p class="note">${left} more are on the pages of their gates.</p>`
  return section(
    'attention',
    `In the way: ${found.length === 1 ? '1 check' : `${found.length} checks`}`,
    html`<div class="cards">${cards}</div>${more}`,
  )
}
