import { basename } from 'node:path'
import { codes } from '../../drill/findings.ts'
import type { DrillEvent } from '../../drill/phases.ts'
import { megabytes } from '../../drill/preflight.ts'
import { comparedText, type DrillRecord } from '../../drill/record.ts'
import { formatDuration } from '../../kernel/duration.ts'
import type { Screen } from '../screen.ts'

/** What happens while a drill runs: one changing line with rate and time left, a line for each phase that ended. */
export function createProgress(screen: Screen, now: () => number = () => performance.now()) {
  let startedAt = now()
  let lastAt = 0
  return (event: DrillEvent): void => {
    if (event.kind === 'phase') {
      startedAt = now()
      screen.progress(`${event.name} …`)
    }
    if (event.kind === 'progress') {
      if (now() - lastAt < 100) return
      lastAt = now()
      screen.progress(progressLine(event, now() - startedAt))
    }
    if (event.kind === 'phase-end') {
      const { name, durationMs, note = '' } = event.phase
      screen.say(screen.paint.dim(`  ${name.padEnd(10)} ${formatDuration(durationMs).padStart(7)}  ${note}`.trimEnd()))
    }
  }
}

type Progress = Extract<DrillEvent, { kind: 'progress' }>

/** `restore  41 % of 772.0 MB, 52.3 MB/s, 9s left` */
export function progressLine({ name, done, total, unit }: Progress, elapsedMs: number): string {
  const share = total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 0
  const amount = (count: number) => (unit === 'bytes' ? megabytes(count) : `${count} rows`)
  const rate = elapsedMs > 0 ? (done * 1000) / elapsedMs : 0
  const left = rate > 0 && elapsedMs > 500 ? `, ${formatDuration(((total - done) / rate) * 1000)} left` : ''
  return `${name}  ${share} % of ${amount(total)}, ${amount(Math.round(rate))}/s${left}`
}

const marks = { PASS: '✅', FAIL: '❌', COULD_NOT_VERIFY: '⚠️ ', REFUSED: '⛔' } as const

/** The lines that users of the first drill script know, each of them true to what was done, then the findings and the table. */
export function showRecord(screen: Screen, record: DrillRecord, isDemo: boolean): void {
  const { paint } = screen
  const { evidence, phases, findings, status } = record
  const did = (name: string) => phases.some((phase) => phase.name === name && phase.status === 'done')
  const ok = (text: string) => screen.print(`✅ ${text}`)
  screen.print('---- RESTORE DRILL START ----')
  for (const each of evidence.swept) ok(`Removed what an earlier drill had left: ${each}`)
  if (isDemo)
    screen.print('No backup was named: this is the demo backup that comes with gatekit (--backup FILE, --dir DIR)')
  if (evidence.backup) {
    ok(`Using backup: ${basename(evidence.backup.path)}`)
    screen.print(`   ${evidence.backup.format}, ${megabytes(evidence.backup.bytes)}, SHA-256 ${evidence.backup.sha256}`)
  }
  if (evidence.source) ok(safetyLine(evidence.source))
  else if (did('restore')) ok('Safety: no source was contacted, only a scratch database was written')
  const restored = did('restore') && !findings.some(({ stage, exit }) => stage === 'restore' && exit !== 0)
  if (restored) {
    const { engine } = evidence
    ok(`Database restore completed${engine ? ` on ${engine.kind} ${engine.version} (${engine.proof})` : ''}`)
  }
  for (const { name, rows, restored: back } of evidence.tables.slice(0, 40))
    screen.print(`${titled(name)}: ${back?.rows ?? rows}`)
  if (evidence.tables.length > 40) screen.print(`… and ${evidence.tables.length - 40} tables more`)
  const unproved = findings.some(({ stage, exit }) => (stage === 'prove' || stage === 'check') && exit !== 0)
  if (did('check') && !unproved) {
    screen.print('SUCCESS: Data verification passed')
    ok(`Data verification passed: ${comparedText(evidence.tables) || `${evidence.rows} rows came back`}`)
  }
  if (
    did('probe') &&
    (evidence.checks.writeProbes ?? 0) > 0 &&
    !findings.some(({ stage, exit }) => stage === 'probe' && exit !== 0)
  )
    ok(`Database write capability confirmed: ${evidence.checks.writeProbes} tables, rolled back`)
  if ((evidence.checks.redisKeys ?? 0) > 0) ok('Redis is reachable')
  for (const finding of findings) {
    const mark =
      finding.exit === 0
        ? 'ℹ️ '
        : marks[finding.exit === 1 ? 'FAIL' : finding.exit === 3 ? 'COULD_NOT_VERIFY' : 'REFUSED']
    screen.print(`${mark} ${finding.code}${finding.object ? ` ${finding.object}` : ''}: ${finding.message}`)
    if (finding.exit !== 0) screen.print(paint.dim(`   ${codes[finding.code].meaning}; ${codes[finding.code].remedy}`))
  }
  screen.print()
  showTable(screen, record)
  screen.print()
  const word =
    status === 'PASS'
      ? 'PASSED'
      : status === 'COULD_NOT_VERIFY'
        ? 'COULD NOT VERIFY'
        : status === 'REFUSED'
          ? 'REFUSED'
          : 'FAILED'
  const colour = status === 'PASS' ? paint.green : status === 'FAIL' ? paint.red : paint.yellow
  screen.print(colour(`---- RESTORE DRILL ${word} ----`))
  screen.print(
    status === 'PASS'
      ? '🎉 Restore drill completed successfully!'
      : `${marks[status]} ${record.code}: ${record.reason}`,
  )
}

function safetyLine({ before, after, unchanged }: NonNullable<DrillRecord['evidence']['source']>): string {
  const taken = `Safety snapshot created: fingerprint ${before.sha256.slice(0, 12)} of the source (read-only)`
  if (!after) return `${taken}; it could not be read again`
  return unchanged ? `${taken}, the same after the drill` : `${taken}; the source changed by itself meanwhile`
}

function showTable(screen: Screen, { phases, durationMs, rto, rpo }: DrillRecord): void {
  const rows = phases.map(({ name, status, durationMs: took, note = '' }) => [name, status, formatDuration(took), note])
  const budget = (ms: number, budgetMs: number | undefined) =>
    `${formatDuration(ms)}${budgetMs === undefined ? '' : ` of ${formatDuration(budgetMs)} allowed`}`
  for (const [name = '', status = '', took = '', note = ''] of rows)
    screen.print(`${name.padEnd(10)} ${status.padEnd(7)} ${took.padStart(8)}  ${note}`.trimEnd())
  screen.print(`${'total'.padEnd(10)} ${''.padEnd(7)} ${formatDuration(durationMs).padStart(8)}`)
  if (rto) screen.print(`RTO ${budget(rto.ms, rto.budgetMs)}, on this machine`)
  if (rpo) screen.print(`RPO ${budget(rpo.ms, rpo.budgetMs)}, by the ${rpo.clock}`)
}

/** `public.cards` -> `Cards`, other schemas keep their name. */
function titled(name: string): string {
  const own = name.replace(/^public\./, '')
  return own.charAt(0).toUpperCase() + own.slice(1)
}
