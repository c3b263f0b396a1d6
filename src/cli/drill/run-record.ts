import type { Finding } from '../../drill/findings.ts'
import type { DrillRecord, PhaseRecord } from '../../drill/record.ts'
import type { CheckRecord, GateRecord, RunRecord, Status, Summary, Verdict } from '../../kernel/record.ts'

const verdicts: Record<DrillRecord['status'], Verdict> = {
  PASS: 'PASS',
  FAIL: 'FAIL',
  COULD_NOT_VERIFY: 'ERROR',
  REFUSED: 'FAIL',
}

/** A drill as reporters know runs: its phases are the checks of one gate. */
export function asRun(record: DrillRecord, command: string, validForMs: number): RunRecord {
  const checks = record.phases.map((phase) => asCheck(phase, findingsOf(phase, record)))
  const summary = summarise(checks)
  const status = verdicts[record.status]
  const verdict = { status, exitCode: record.exitCode, reason: record.reason, startedAt: record.startedAt }
  const gate: GateRecord = {
    ...verdict,
    id: 'restore-drill',
    key: 'restore_drill_v1_0_0',
    version: 'v1.0.0',
    title: 'Restore drill',
    needs: [],
    minChecks: 1,
    summary,
    checks,
    durationMs: record.durationMs,
    outDir: 'qa/restore',
  }
  const digest = record.evidence.backup?.sha256 ?? ''
  return {
    ...verdict,
    schema: 'run/1',
    runId: record.drillId,
    tool: record.tool,
    profile: 'restore-drill',
    command,
    finishedAt: record.finishedAt,
    durationMs: record.durationMs,
    validUntil: new Date(Date.parse(record.finishedAt) + validForMs).toISOString(),
    environment: { name: record.evidence.engine?.kind ?? 'none', mode: 'test', embedded: true },
    target: {},
    configSha256: digest,
    planSha256: digest,
    flags: [],
    host: { node: process.version, platform: `${process.platform}-${process.arch}` },
    gates: [gate],
    summary,
    notRun: [],
    notes: [],
  }
}

/** A finding belongs to the phase it was met in; one of a phase that never was belongs to the last. */
function findingsOf(phase: PhaseRecord, { findings, phases }: DrillRecord): Finding[] {
  const names = new Set<string>(phases.map(({ name }) => name))
  const isLast = phases.at(-1) === phase
  return findings.filter(({ stage }) => stage === phase.name || (isLast && !names.has(stage)))
}

function asCheck({ name, status, durationMs, note }: PhaseRecord, findings: Finding[]): CheckRecord {
  const worst = findings.find(({ exit }) => exit === 1 || exit === 6) ?? findings.find(({ exit }) => exit === 3)
  const isBad = worst?.exit === 1 || worst?.exit === 6
  const outcome: Status = isBad
    ? 'FAIL'
    : worst || status === 'failed'
      ? 'ERROR'
      : status === 'skipped'
        ? 'SKIP'
        : 'PASS'
  return {
    id: name,
    gate: 'restore-drill',
    type: 'drill',
    title: note ? `${name}: ${note}` : name,
    status: outcome,
    ...(worst && { reason: `${worst.code}: ${worst.message}` }),
    details: {},
    findings: findings
      .filter(({ exit }) => exit !== 0)
      .map(({ code, object = 'backup', message }) => ({
        subject: `${code} ${object}`,
        expected: 'none',
        actual: message,
      })),
    durationMs,
    attempts: [{ attempt: 1, status: outcome, durationMs }],
    flaky: false,
    advisory: false,
    skipAllowed: false,
    evidence: [],
    reproduce: [],
    needs: [],
  }
}

function summarise(checks: readonly CheckRecord[]): Summary {
  const count = (status: Status) => checks.filter((check) => check.status === status).length
  return {
    planned: checks.length,
    executed: checks.length - count('SKIP'),
    pass: count('PASS'),
    fail: count('FAIL'),
    error: count('ERROR'),
    noData: 0,
    stale: 0,
    waived: 0,
    skip: count('SKIP'),
    blocked: 0,
    notRun: 0,
    notSelected: 0,
    flaky: 0,
    advisory: 0,
  }
}
