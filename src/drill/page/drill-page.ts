import type { Verdict } from '../../kernel/record.ts'
import { historyChart } from '../../report/html/history-chart.ts'
import { html, type Markup } from '../../report/html/markup.ts'
import { navigation } from '../../report/html/navigation.ts'
import { renderDocument } from '../../report/html/page.ts'
import { statusMark } from '../../report/html/status-mark.ts'
import { section, table } from '../../report/html/tables.ts'
import { showTime } from '../../report/html/time.ts'
import { verdictBanner } from '../../report/html/verdict.ts'
import { clean, showDuration } from '../../report/plain-text.ts'
import { showAge } from '../budget/rpo.ts'
import type { DrillHistoryEntry } from '../evidence/history.ts'
import { codes } from '../findings.ts'
import type { DrillRecord, DrillStatus } from '../record.ts'
import { phaseChart } from './phase-chart.ts'

const verdicts: Record<DrillStatus, Verdict> = {
  PASS: 'PASS',
  FAIL: 'FAIL',
  COULD_NOT_VERIFY: 'ERROR',
  REFUSED: 'FAIL',
}

const mostRows = 200

/** The page of the last drill: did the backup restore, what was found, where the time went, and how earlier drills did. */
export function renderDrillPage(
  drill: DrillRecord,
  validUntil: string | undefined,
  entries: readonly DrillHistoryEntry[],
): string {
  const record = clean(drill)
  const history = clean(entries)
  const main = html`    ${banner(record, validUntil)}
    ${findingSection(record)}
    ${section('phases', 'Where the time went', phaseChart(record.phases))}
    ${budgetSection(record)}
    ${tableSection(record)}
    ${backupSection(record)}
    ${historySection(history)}`
  const footer = html`<p>Written by ${record.tool} after drill <code>${record.drillId}</code>, ${showTime(record.finishedAt)}.</p>
    <p>This page is a copy of evidence. It holds no value of any row.</p>`
  return renderDocument({
    title: `${record.status} · restore drill`,
    navigation: navigation(['drill.html'], 'drill.html'),
    main,
    footer,
  })
}

const banner = (record: DrillRecord, validUntil: string | undefined): Markup =>
  verdictBanner({
    eyebrow: html`Restore drill${record.code !== undefined && html` · ${record.code}`}`,
    status: verdicts[record.status],
    reason: record.reason,
    exitCode: record.exitCode,
    aside: html`<div><dt>Rows restored</dt><dd>${record.evidence.rows}</dd></div>
        ${validUntil !== undefined && record.status === 'PASS' && html`<div><dt>Good until</dt><dd>${showTime(validUntil)}</dd></div>`}`,
  })

function findingSection({ findings }: DrillRecord): Markup {
  if (findings.length === 0) return html``
  const sorted = [...findings].sort((a, b) => Number(a.exit === 0) - Number(b.exit === 0))
  const rows = sorted
    .slice(0, mostRows)
    .map(({ code, object, message, exit }) => [
      html`<code>${code}</code>`,
      statusMark(exit === 0 ? 'NO_DATA' : exit === 3 ? 'ERROR' : 'FAIL'),
      html`<code>${object ?? ''}</code>`,
      message,
      exit === 0 ? 'a remark' : (codes[code]?.remedy ?? ''),
    ])
  return section(
    'findings',
    'What was found',
    table('Findings', ['Code', 'Weight', 'Object', 'What', 'What to do'], rows),
  )
}

function budgetSection({ rto, rpo }: DrillRecord): Markup {
  const rows: (Markup | string)[][] = []
  const mark = (ms: number, budgetMs: number | undefined) =>
    budgetMs === undefined ? 'no budget' : statusMark(ms <= budgetMs ? 'PASS' : 'FAIL')
  if (rto)
    rows.push([
      'RTO',
      'restoring, on this machine',
      showDuration(rto.ms),
      rto.budgetMs === undefined ? '' : showDuration(rto.budgetMs),
      mark(rto.ms, rto.budgetMs),
    ])
  if (rpo)
    rows.push([
      'RPO',
      `age of the data, by the ${rpo.clock}`,
      showAge(rpo.ms),
      rpo.budgetMs === undefined ? '' : showAge(rpo.budgetMs),
      mark(rpo.ms, rpo.budgetMs),
    ])
  if (rows.length === 0) return html``
  return section('budgets', 'Budgets', table('Budgets', ['Budget', 'Measured', 'Is', 'Allowed', 'Verdict'], rows))
}

function tableSection({ evidence: { tables } }: DrillRecord): Markup {
  if (tables.length === 0) return html``
  const rows = tables
    .slice(0, mostRows)
    .map(({ name, rows: saved, restored, sha256, equal }) => [
      html`<code>${name}</code>`,
      String(saved),
      String(restored?.rows ?? saved),
      html`<code>${(restored?.sha256 ?? sha256 ?? '').slice(0, 16)}</code>`,
      equal === undefined ? 'not compared' : statusMark(equal ? 'PASS' : 'FAIL'),
    ])
  const left = tables.length - rows.length
  const note = left > 0 ? `${left} more are in the evidence.` : undefined
  return section(
    'tables',
    'Tables',
    table('Tables', ['Table', 'Rows saved', 'Rows restored', 'SHA-256', 'Equal'], rows),
    note,
  )
}

function backupSection({ evidence: { backup, engine, source } }: DrillRecord): Markup {
  if (!backup) return html``
  const rows: (Markup | string)[][] = [
    ['File', html`<code>${backup.path}</code>`],
    ['SHA-256', html`<code>${backup.sha256}</code>`],
    ['Format', `${backup.format}, ${backup.bytes} bytes`],
    ...Object.entries(backup.clocks).map(([clock, time]) => [`Time by its ${clock}`, showTime(time)]),
    ...(engine ? [['Engine', `${engine.kind} ${engine.version} (${engine.proof})`]] : []),
    ...(source?.unchanged === undefined
      ? []
      : [['Source', source.unchanged ? 'the same before and after' : 'changed while the drill ran']]),
  ]
  return section('backup', 'The backup', table('The backup', ['Fact', 'Value'], rows))
}

function historySection(history: readonly DrillHistoryEntry[]): Markup {
  if (history.length === 0) return html``
  const runs = history.map(({ drillId, finishedAt, status, durationMs }) => ({
    runId: drillId,
    finishedAt,
    status: verdicts[status],
    exitCode: status === 'PASS' ? (0 as const) : (1 as const),
    profile: 'drill',
    environment: '',
    durationMs,
    gates: [],
  }))
  const rows = history
    .slice(0, mostRows)
    .map((each) => [
      showTime(each.finishedAt),
      statusMark(verdicts[each.status]),
      each.code ?? '',
      each.backup ?? '',
      String(each.rows),
      each.rtoMs === undefined ? '' : showDuration(each.rtoMs),
      each.intact ? 'intact' : 'changed since',
    ])
  const columns = ['Finished', 'Verdict', 'Code', 'Backup', 'Rows', 'Restore', 'Evidence']
  return section('history', 'Earlier drills', html`${historyChart(runs)}${table('Earlier drills', columns, rows)}`)
}
