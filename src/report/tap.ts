import type { CheckRecord, GateRecord } from '../kernel/record.ts'
import { defineReporter } from './define.ts'
import { explain } from './outcome.ts'
import { clean, oneLine } from './plain-text.ts'

/** TAP 14: a subtest per gate, whose own line is the gate's verdict, and the verdict of the run last, so that an empty run is not ok. */
export const tapReporter = defineReporter({
  name: 'tap',
  summary: 'TAP version 14: a subtest per gate, the verdict of the run last',
  file: 'report.tap',
  render(record) {
    const run = clean(record)
    const gates = run.gates.flatMap((gate, index) => renderGate(gate, index + 1))
    const verdict = `[run verdict] ${run.profile} ${run.status} exit ${run.exitCode}`
    const last = point(run.status === 'PASS', run.gates.length + 1, verdict)
    const reason = run.status === 'PASS' ? [] : diagnostics({ reason: run.reason })
    return `${['TAP version 14', `1..${run.gates.length + 1}`, ...gates, last, ...reason].join('\n')}\n`
  },
})

function renderGate(gate: GateRecord, number: number): string[] {
  const points = gate.checks.flatMap((check, index) => renderCheck(check, index + 1, gate.status === 'PASS'))
  const plan = gate.checks.length === 0 ? '1..0 # no check was planned' : `1..${gate.checks.length}`
  return [
    `# Subtest: ${escapeDescription(gate.id)}`,
    ...[plan, ...points].map((line) => `    ${line}`),
    point(gate.status === 'PASS', number, gate.id),
    ...(gate.status === 'PASS' ? [] : diagnostics({ status: gate.status, reason: gate.reason })),
  ]
}

function renderCheck(check: CheckRecord, number: number, gatePassed: boolean): string[] {
  const isFine = isOk(check, gatePassed)
  const line = point(isFine, number, check.id, directiveOf(check, isFine))
  if (check.status === 'PASS' && !check.flaky) return [line]
  const { status, was, durationMs, findings, attempts, reproduce } = check
  return [
    line,
    ...diagnostics({
      status,
      ...(was && { was }),
      reason: explain(check),
      duration_ms: Math.round(durationMs),
      ...(findings.length > 0 && {
        findings: findings.map(({ subject, expected, actual }) => ({ subject, expected, actual })),
      }),
      ...(attempts.length > 1 && { attempts: attempts.length }),
      ...(reproduce.length > 0 && { reproduce }),
    }),
  ]
}

/** A waiver and what a passing gate may leave out are skips to a TAP reader; an advisory check is a TODO, whose `not ok` does not count. */
function isOk({ status, skipAllowed }: CheckRecord, gatePassed: boolean): boolean {
  return (
    status === 'PASS' ||
    status === 'WAIVED' ||
    (status === 'SKIP' && skipAllowed) ||
    (status === 'NOT_SELECTED' && gatePassed)
  )
}

function directiveOf(check: CheckRecord, isFine: boolean): string {
  if (check.status === 'PASS') return ''
  const why = escapeDescription(explain(check))
  if (check.advisory) return ` # TODO advisory: ${why}`
  return isFine ? ` # SKIP ${check.status}: ${why}` : ''
}

const point = (ok: boolean, number: number, description: string, directive = ''): string =>
  `${ok ? 'ok' : 'not ok'} ${number} - ${escapeDescription(description)}${directive}`

/** `#` begins a directive. */
const escapeDescription = (text: string): string => oneLine(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#')

/** A YAML block of JSON values, which every YAML reader takes. */
function diagnostics(values: Record<string, unknown>): string[] {
  const lines = Object.entries(values).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)
  return ['  ---', ...lines, '  ...']
}
