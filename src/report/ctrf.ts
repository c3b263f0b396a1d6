import { createHash } from 'node:crypto'
import { stableJson } from '../kernel/json.ts'
import type { CheckRecord, GateRecord, RunRecord } from '../kernel/record.ts'
import { defineReporter } from './define.ts'
import { checkName, epoch, explain, isFailing } from './outcome.ts'
import { clean } from './plain-text.ts'

type CtrfStatus = 'passed' | 'failed' | 'skipped' | 'pending' | 'other'

interface CtrfTest {
  name: string
  status: CtrfStatus
  duration: number
  [key: string]: unknown
}

/** Common Test Report Format, spec 0.0.0: unknown fields are errors there, so everything of ours lives under `extra` and `labels`. */
export const ctrfReporter = defineReporter({
  name: 'ctrf',
  summary: 'CTRF JSON: one report format for many test dashboards',
  file: 'ctrf.json',
  render(record) {
    const run = clean(record)
    const tests = run.gates.flatMap((gate) => testsOf(run, gate))
    const { name, version } = toolOf(run)
    return stableJson({
      reportFormat: 'CTRF',
      specVersion: '0.0.0',
      reportId: reportId(run),
      runId: run.runId || 'unknown',
      timestamp: new Date(epoch(run.finishedAt)).toISOString(),
      generatedBy: `${name} ${version}`,
      results: { tool: { name, version }, summary: summaryOf(run, tests), tests, environment: environmentOf(run) },
    })
  },
})

function testsOf(run: RunRecord, gate: GateRecord): CtrfTest[] {
  const suite = [run.profile, gate.id].map((each) => each)
  const tests = gate.checks.filter((check) => check.status !== 'NOT_SELECTED').map((check) => testOf(suite, check))
  if (gate.status === 'PASS' || tests.some((test) => test.status === 'failed')) return tests
  const name = `[gate verdict] ${gate.id}`
  return [...tests, { name, status: 'failed', rawStatus: gate.status, duration: 0, suite, message: gate.reason }]
}

function testOf(suite: string[], check: CheckRecord): CtrfTest {
  const message = explain(check)
  const earlier = check.attempts.slice(0, -1)
  return {
    testId: checkName(check),
    name: check.id,
    status: statusOf(check),
    rawStatus: check.status,
    duration: Math.round(check.durationMs),
    suite,
    type: check.type,
    ...(message && { message }),
    ...(check.findings.length > 0 && { trace: traceOf(check) }),
    ...(check.place && { filePath: check.place.file, line: check.place.line }),
    ...(check.flaky && { flaky: true }),
    ...(earlier.length > 0 && { retries: earlier.length, retryAttempts: earlier.map(retryOf) }),
    ...(check.evidence.length > 0 && { attachments: check.evidence.map(attachmentOf) }),
    ...labelsOf(check),
  }
}

function statusOf(check: CheckRecord): CtrfStatus {
  if (check.status === 'PASS') return 'passed'
  if (check.advisory || check.status === 'WAIVED') return 'other'
  if (check.status === 'SKIP') return 'skipped'
  if (check.status === 'BLOCKED' || check.status === 'NOT_RUN') return 'pending'
  return isFailing(check) ? 'failed' : 'other'
}

const traceOf = (check: CheckRecord): string =>
  check.findings.map(({ subject, expected, actual }) => `${subject}: expected ${expected}, was ${actual}`).join('\n')

const retryOf = ({ attempt, status, reason, durationMs }: CheckRecord['attempts'][number]) => ({
  attempt,
  status: status === 'PASS' ? 'passed' : 'failed',
  duration: Math.round(durationMs),
  ...(reason && { message: reason }),
})

const attachmentOf = ({ path, sha256, bytes }: CheckRecord['evidence'][number]) => ({
  name: path.split('/').at(-1) ?? path,
  contentType: path.endsWith('.json') ? 'application/json' : 'text/plain',
  path: path,
  extra: { sha256, bytes },
})

function labelsOf(check: CheckRecord): { labels?: Record<string, string | boolean> } {
  const labels = {
    ...(check.advisory && { advisory: true }),
    ...(check.owner && { owner: check.owner }),
    ...(check.was && { was: check.was }),
    ...(check.waiver && { waivedUntil: check.waiver.expires, ticket: check.waiver.ticket }),
  }
  return Object.keys(labels).length > 0 ? { labels } : {}
}

function summaryOf(run: RunRecord, tests: readonly CtrfTest[]): Record<string, unknown> {
  const count = (status: CtrfStatus) => tests.filter((test) => test.status === status).length
  return {
    tests: tests.length,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    pending: count('pending'),
    other: count('other'),
    flaky: tests.filter((test) => test['flaky']).length,
    suites: run.gates.length,
    start: epoch(run.startedAt),
    stop: epoch(run.finishedAt),
    duration: Math.round(run.durationMs),
    extra: {
      verdict: run.status,
      exitCode: run.exitCode,
      reason: run.reason,
      planned: run.summary.planned,
      executed: run.summary.executed,
      validUntil: run.validUntil,
    },
  }
}

function environmentOf(run: RunRecord): Record<string, unknown> {
  return {
    testEnvironment: run.environment.name,
    healthy: run.status === 'PASS',
    ...(run.commit && { commit: run.commit }),
    ...(run.branch && { branchName: run.branch }),
    ...(run.target.build && { buildId: run.target.build }),
    ...(run.host.runUrl && { buildUrl: run.host.runUrl }),
    osPlatform: run.host.platform,
    extra: { mode: run.environment.mode, configSha256: run.configSha256, planSha256: run.planSha256 },
  }
}

function toolOf(run: RunRecord): { name: string; version: string } {
  const [name = 'gatekit', version = ''] = run.tool.split(' ')
  return { name: name || 'gatekit', version }
}

/** The same run gives the same report id: a UUID of version 8, whose bits are ours to choose. */
function reportId(run: RunRecord): string {
  const hex = createHash('sha256').update(`ctrf ${run.runId} ${run.finishedAt}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
