import { createHash } from 'node:crypto'
import { formatDuration } from '../config/duration.ts'
import type { CheckRecord, GateRecord } from '../kernel/record.ts'
import type { RunHeader } from './record.ts'

/** `tests.txt`: plain ASCII at fixed width; the verdict is the first line and, with the exit code, the last. */
export function testsText(gate: GateRecord, header: RunHeader): string {
  const finishedAt = new Date(Date.parse(gate.startedAt) + gate.durationMs).toISOString().replace(/\.\d+Z$/, 'Z')
  const wide = Math.max(...gate.checks.map((check) => check.id.length), 10)
  const ran = gate.checks.filter((check) => !isLeftOut(check))
  const leftOut = gate.checks.filter(isLeftOut)
  const lines = [
    `GATE ${gate.id} ${gate.version}  ${gate.status}   ${facts(gate, header).join(' ')}  ${finishedAt}`,
    ...ran.map((check) => row(check, wide)),
    ...section(
      'NOT RUN',
      leftOut.map((check) => row(check, wide)),
    ),
    ...section('FAILED EXPECTATIONS', gate.checks.filter((check) => check.findings.length > 0).flatMap(findingRows)),
    ...section('WAIVERS', gate.checks.flatMap(waiverRows)),
    '',
    totals(gate),
    `REASON  ${gate.reason}`,
    `VERDICT ${gate.status} exit=${gate.exitCode} run=${header.runId}`,
  ]
  return `${lines.map(ascii).join('\n')}\n`
}

const isLeftOut = ({ status }: CheckRecord): boolean => ['SKIP', 'BLOCKED', 'NOT_RUN', 'NOT_SELECTED'].includes(status)

function facts({ summary, minChecks }: GateRecord, { environment, commit, dirty, target }: RunHeader): string[] {
  return [
    `env=${environment.name}`,
    ...(commit ? [`commit=${commit.slice(0, 7)}${dirty ? '+dirty' : ''}`] : []),
    ...(target.build ? [`build=${target.build.slice(0, 12)}`] : []),
    `planned=${summary.planned}`,
    `executed=${summary.executed}`,
    `floor=${minChecks}`,
  ]
}

function row(check: CheckRecord, wide: number): string {
  const status = `${check.status.replaceAll('_', ' ')}${check.flaky ? ' ~' : ''}`.padEnd(12)
  const time = (isLeftOut(check) ? '-' : formatDuration(check.durationMs)).padStart(7)
  const marks = [check.flaky && '[flaky]', check.advisory && '[advisory]', check.was && `[was ${check.was}]`].filter(
    Boolean,
  )
  return `  ${status} ${check.id.padEnd(wide)} ${time}  ${[remark(check), ...marks].filter(Boolean).join('  ')}`.trimEnd()
}

function remark({ attempts, reason, details }: CheckRecord): string {
  const tries = attempts.length > 1 ? `${attempts.length} attempts` : ''
  if (tries && !reason) return `${tries} (${attempts[0]?.reason ?? attempts[0]?.status})`
  if (tries) return `${tries}; ${reason}`
  if (reason) return reason
  const shown = Object.entries(details).filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  return shown
    .slice(0, 3)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}

const section = (title: string, rows: readonly string[]): string[] => (rows.length > 0 ? ['', title, ...rows] : [])

function findingRows(check: CheckRecord): string[] {
  const where = check.place ? `  (${check.place.file}:${check.place.line})` : ''
  return [
    `  ${check.id}${where}`,
    ...check.findings.flatMap(({ subject, expected, actual }) => [
      `    ${subject}`,
      `      expected  ${expected}`,
      `      actual    ${actual}`,
    ]),
    ...check.reproduce.map((command) => `    reproduce   ${command}`),
  ]
}

function waiverRows({ id, waiver, status }: CheckRecord): string[] {
  if (!waiver) return []
  const until =
    status === 'WAIVED' ? `until ${waiver.expires}, ${waiver.daysLeft} days left` : `EXPIRED ${waiver.expires}`
  return [`  ${id}  ${waiver.ticket}  ${until}  by ${waiver.approvedBy.join(', ')}: ${waiver.reason}`]
}

function totals({ summary, checks }: GateRecord): string {
  const evidence = checks.flatMap((check) => check.evidence)
  const digest = createHash('sha256')
    .update(evidence.map(({ sha256 }) => sha256).join('\n'))
    .digest('hex')
    .slice(0, 12)
  const soon = checks.filter((check) => check.waiver && check.waiver.daysLeft < 7).length
  return `WAIVED ${summary.waived}  EXPIRING<7d ${soon}  EVIDENCE ${evidence.length} files${evidence.length > 0 ? ` sha256:${digest}` : ''}`
}

/** One line of printable ASCII: a reader with any encoding sees the same. */
const ascii = (line: string): string =>
  line
    .replaceAll('\u2026', '...')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2013\u2014]/g, '-')
    .replace(/\s/g, ' ')
    .replace(/[^\x20-\x7e]/gu, '?')
    .slice(0, 400)
