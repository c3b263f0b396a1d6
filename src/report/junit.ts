import type { CheckRecord, GateRecord, RunRecord } from '../kernel/record.ts'
import { defineReporter } from './define.ts'
import { checkName, epoch, explain, isFailing, statusWord } from './outcome.ts'
import { clean, escapeMarkup } from './plain-text.ts'

/** A test case and which of the suite's counters it raises. */
interface Case {
  xml: string
  kind: 'passed' | 'failure' | 'error' | 'skipped'
  ms: number
}

/**
 * JUnit XML as Jenkins, GitLab and GitHub actions read it. Every gate ends with a test case `[gate verdict]` that fails unless the gate
 * passed, because most readers show skipped tests as green.
 */
export const junitReporter = defineReporter({
  name: 'junit',
  summary: 'JUnit XML for CI systems: one suite per gate, its verdict as a test of its own',
  file: 'junit.xml',
  render(record) {
    const run = clean(record)
    const suites = run.gates.map((gate) => ({ gate, cases: casesOf(run, gate) }))
    const extra = run.status !== 'PASS' && run.gates.every((gate) => gate.status === 'PASS') ? [runVerdict(run)] : []
    const all = [...suites.flatMap((suite) => suite.cases), ...extra]
    const lines = [
      '<?xml version="1.0" encoding="UTF-8"?>',
      `<testsuites${attributes({ name: `gatekit ${run.profile}`, ...counters(all), time: seconds(run.durationMs), timestamp: stamp(run.startedAt) })}>`,
      ...suites.map(({ gate, cases }) => renderSuite(run, gate, cases)),
      ...extra.map((verdict) => suite({ name: 'gatekit', cases: [verdict], startedAt: run.startedAt, properties: '' })),
      '</testsuites>',
    ]
    return `${lines.join('\n')}\n`
  },
})

function renderSuite(run: RunRecord, gate: GateRecord, cases: Case[]): string {
  const { planned, executed } = gate.summary
  const properties = renderProperties([
    ['commit', run.commit],
    ['env', run.environment.name],
    ['build', run.target.build],
    ['configSha256', run.configSha256],
    ['planned', String(planned)],
    ['executed', String(executed)],
    ['minChecks', String(gate.minChecks)],
  ])
  return suite({ name: gate.id, file: gate.place?.file, cases, startedAt: gate.startedAt, properties })
}

function suite(options: {
  name: string
  file?: string | undefined
  cases: Case[]
  startedAt: string
  properties: string
}): string {
  const { name, file, cases, startedAt, properties } = options
  const time = seconds(cases.reduce((sum, each) => sum + each.ms, 0))
  const open = `  <testsuite${attributes({ name, ...counters(cases), time, timestamp: stamp(startedAt), file })}>`
  return [
    open,
    ...(properties ? [`    ${properties}`] : []),
    ...cases.map((each) => `    ${each.xml}`),
    '  </testsuite>',
  ].join('\n')
}

function casesOf(run: RunRecord, gate: GateRecord): Case[] {
  const classname = `${run.profile}.${gate.id}`
  const checks = gate.checks
    .filter((check) => check.status !== 'NOT_SELECTED')
    .map((check) => checkCase(classname, check))
  const verdict = { classname, name: `[gate verdict] ${gate.id}`, time: '0.000' }
  return [
    ...checks,
    gate.status === 'PASS' ? testCase('passed', verdict, '') : failedVerdict(verdict, gate.status, gate.reason),
  ]
}

const runVerdict = (run: RunRecord): Case =>
  failedVerdict({ classname: run.profile, name: '[run verdict]', time: '0.000' }, run.status, run.reason)

const failedVerdict = (names: Record<string, string>, status: string, reason: string): Case =>
  testCase('failure', names, `<failure${attributes({ type: status, message: `${status}: ${reason}` })}/>`)

function checkCase(classname: string, check: CheckRecord): Case {
  const kind = kindOf(check)
  const names = {
    classname,
    name: check.id,
    time: seconds(check.durationMs),
    file: check.place?.file,
    line: check.place && String(check.place.line),
  }
  return {
    ...testCase(kind, names, propertiesOf(check) + outcomeOf(check, kind) + attemptsOf(check)),
    ms: check.durationMs,
  }
}

function kindOf(check: CheckRecord): Case['kind'] {
  if (check.status === 'PASS') return 'passed'
  if (check.advisory || !isFailing(check) || check.status === 'BLOCKED') return 'skipped'
  return check.status === 'FAIL' ? 'failure' : 'error'
}

function outcomeOf(check: CheckRecord, kind: Case['kind']): string {
  if (kind === 'passed') return ''
  const why = explain(check) || statusWord(check.status)
  if (kind === 'skipped') {
    const message = check.advisory ? `advisory: ${check.status} - ${why}` : `${check.status}: ${why}`
    return `<skipped${attributes({ message })}/>`
  }
  const findings = check.findings.map(
    ({ subject, expected, actual }) => `${subject}\n  expected: ${expected}\n  actual:   ${actual}`,
  )
  const again = check.reproduce.map((command) => `reproduce: ${command}`)
  const body = escapeText([...findings, ...again].join('\n'))
  return `<${kind}${attributes({ type: check.status, message: why })}>${body}</${kind}>`
}

function propertiesOf(check: CheckRecord): string {
  return renderProperties([
    ['id', checkName(check)],
    ['flaky', check.flaky ? 'true' : undefined],
    ['attempts', check.attempts.length > 1 ? String(check.attempts.length) : undefined],
    ['owner', check.owner],
    ...check.evidence.map(({ path }): [string, string] => ['attachment', path]),
  ])
}

function attemptsOf(check: CheckRecord): string {
  if (check.attempts.length < 2) return ''
  const lines = check.attempts.map(
    ({ attempt, status, reason }) => `attempt ${attempt}: ${status}${reason ? ` ${reason}` : ''}`,
  )
  return `<system-out>${escapeText(lines.join('\n'))}</system-out>`
}

function testCase(kind: Case['kind'], names: Record<string, string | undefined>, body: string): Case {
  const open = `<testcase${attributes(names)}`
  return { kind, ms: 0, xml: body === '' ? `${open}/>` : `${open}>${body}</testcase>` }
}

function renderProperties(pairs: [string, string | undefined][]): string {
  const present = pairs.filter(([, value]) => value !== undefined && value !== '')
  if (present.length === 0) return ''
  return `<properties>${present.map(([name, value]) => `<property${attributes({ name, value })}/>`).join('')}</properties>`
}

function counters(cases: readonly Case[]): Record<string, string> {
  const count = (kind: Case['kind']) => String(cases.filter((each) => each.kind === kind).length)
  return { tests: String(cases.length), failures: count('failure'), errors: count('error'), skipped: count('skipped') }
}

const attributes = (pairs: Record<string, string | undefined>): string =>
  Object.entries(pairs)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeMarkup(value ?? '')}"`)
    .join('')

const escapeText = (text: string): string => text.replace(/[&<>]/g, (character) => escapeMarkup(character))

const seconds = (ms: number): string => (ms / 1_000).toFixed(3)

/** Without milliseconds and zone, as the schema of Jenkins wants it; always UTC. */
const stamp = (time: string): string => new Date(epoch(time)).toISOString().slice(0, 19)
