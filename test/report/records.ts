import { exitCodes } from '../../src/kernel/exit.ts'
import {
  type CheckRecord,
  type GateRecord,
  gateKey,
  type RunRecord,
  type Status,
  type Summary,
} from '../../src/kernel/record.ts'

export const sha = (letter: string): string => letter.repeat(64)

export function makeCheck(gate: string, id: string, changes: Partial<CheckRecord> = {}): CheckRecord {
  return {
    id,
    gate,
    type: 'http',
    place: { file: `gates/${gate}.gate.yaml`, line: 12, column: 5 },
    status: 'PASS',
    details: {},
    findings: [],
    durationMs: 120,
    attempts: [{ attempt: 1, status: 'PASS', durationMs: 120 }],
    flaky: false,
    advisory: false,
    skipAllowed: false,
    evidence: [],
    reproduce: [`gatekit run ${gate}/${id}`],
    needs: [],
    ...changes,
  }
}

export function summarize(checks: readonly CheckRecord[]): Summary {
  const counted = checks.filter((check) => !check.advisory)
  const count = (status: Status) => counted.filter((check) => check.status === status).length
  const idle: readonly Status[] = ['SKIP', 'BLOCKED', 'NOT_RUN', 'NOT_SELECTED']
  return {
    planned: checks.length,
    executed: checks.filter((check) => !idle.includes(check.status)).length,
    pass: count('PASS'),
    fail: count('FAIL'),
    error: count('ERROR'),
    noData: count('NO_DATA'),
    stale: count('STALE'),
    waived: count('WAIVED'),
    skip: count('SKIP'),
    blocked: count('BLOCKED'),
    notRun: count('NOT_RUN'),
    notSelected: count('NOT_SELECTED'),
    flaky: checks.filter((check) => check.flaky).length,
    advisory: checks.filter((check) => check.advisory).length,
  }
}

export function makeGate(
  id: string,
  title: string,
  checks: CheckRecord[],
  changes: Partial<GateRecord> = {},
): GateRecord {
  return {
    id,
    key: gateKey(id, 'v0.6.0'),
    version: 'v0.6.0',
    title,
    docs: 'docs/gates.md',
    place: { file: `gates/${id}.gate.yaml`, line: 1, column: 1 },
    needs: [],
    minChecks: 1,
    status: 'PASS',
    exitCode: exitCodes.pass,
    reason: `all ${checks.length} checks passed`,
    summary: summarize(checks),
    checks,
    startedAt: '2026-03-14T15:29:57.000Z',
    durationMs: checks.reduce((sum, check) => sum + check.durationMs, 0),
    outDir: `qa/${id}/v0.6.0`,
    ...changes,
  }
}

export function makeRun(gates: GateRecord[], changes: Partial<RunRecord> = {}): RunRecord {
  return {
    schema: 'run/1',
    runId: '01JQ8ZK4T5N6M7P8Q9R0',
    tool: 'gatekit 0.1.0',
    profile: 'release',
    command: 'gatekit run-all --base-url https://api.staging.example.com',
    status: 'PASS',
    exitCode: exitCodes.pass,
    reason: `every required check of ${gates.length} gates passed`,
    startedAt: '2026-03-14T15:29:57.000Z',
    finishedAt: '2026-03-14T15:31:41.500Z',
    durationMs: 104_500,
    validUntil: '2026-03-14T19:31:41.500Z',
    environment: { name: 'staging', mode: 'test', embedded: false },
    target: { url: 'https://api.staging.example.com', build: 'd20ace7' },
    commit: 'd20ace7f3b1e4c5a6978d20ace7f3b1e4c5a6978',
    branch: 'release/2026-03',
    dirty: false,
    configSha256: sha('3b1e'.slice(0, 1)),
    planSha256: sha('7'),
    flags: [
      { name: 'STRIPE_MOCK', value: '0', origin: 'environment' },
      { name: 'STRIPE_TEST', value: '1', origin: 'environment' },
      { name: 'NOTIFY_MODE', value: 'sandbox', origin: 'gatekit.yaml:12' },
      { name: 'FEATURE_SHADOW_CALLS', value: '0', origin: 'default' },
    ],
    host: { ci: 'github', runUrl: 'https://github.com/acme/shop/actions/runs/81', node: 'v20.20.0', platform: 'linux' },
    gates,
    summary: summarize(gates.flatMap((gate) => gate.checks)),
    notRun: [],
    notes: [],
    ...changes,
  }
}
