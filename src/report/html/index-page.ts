import type { CheckRecord, HistoryEntry, RunRecord } from '../../kernel/record.ts'
import { attentionOf, byUrgency, checkName, explain } from '../outcome.ts'
import { clean } from '../plain-text.ts'
import { anchorOf, briefCard } from './check-card.ts'
import { gateRail } from './gate-rail.ts'
import { historyChart } from './history-chart.ts'
import { html, link, type Markup } from './markup.ts'
import { renderPage } from './page.ts'
import { type SitePaths, sitePaths } from './paths.ts'
import { statusMark } from './status-mark.ts'
import { flagSection, noteSection, notRunSection, quarantineSection, section, table, waiverSection } from './tables.ts'
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
    ${quarantineSection(run)}
    ${notRunSection(run)}
    ${noteSection(run)}
    ${section('history', 'Past runs', html`${historyChart(clean(history))}<p><a href="history.html">All past runs</a></p>`)}
    ${flagSection(run)}`
  return renderPage({
    title: `${run.status} · ${run.profile} on ${run.environment.name}`,
    current: 'index.html',
    main,
    run,
  })
}

/** Checks that were judged and found wanting get a card; those that were never reached follow from the others and get a row. */
const wasReached = (check: CheckRecord): boolean =>
  !['BLOCKED', 'NOT_RUN', 'NOT_SELECTED', 'SKIP'].includes(check.status)

function attentionSection(run: RunRecord, paths: SitePaths): Markup {
  const found = run.gates.flatMap((gate, index) =>
    attentionOf(gate).map((check) => ({ check, gate, page: paths.gatePages[index] ?? 'index.html' })),
  )
  if (found.length === 0) return html``
  const sorted = found.sort((a, b) => byUrgency(a.check, b.check))
  const reached = sorted.filter(({ check }) => wasReached(check))
  const cards = reached.slice(0, mostCards).map(({ check, gate, page }) => briefCard(check, gate, paths, page))
  const rows = sorted
    .filter(({ check }) => !wasReached(check))
    .map(({ check, page }) => [
      link(`${page}#${anchorOf(check)}`, html`<code>${checkName(check)}</code>`),
      statusMark(check.status),
      explain(check),
    ])
  const left = reached.length - cards.length
  return section(
    'attention',
    'What stands in the way',
    html`<div class="cards">${cards}</div>
      ${left > 0 && html`<p class="note">${left} more are on the pages of their gates.</p>`}
      ${rows.length > 0 && html`<h3 class="sub">Never evaluated</h3>${table('Checks that were never evaluated', ['Check', 'Status', 'Because'], rows)}`}`,
  )
}
