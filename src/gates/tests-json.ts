import { stableJson } from '../kernel/json.ts'
import type { CheckRecord, GateRecord } from '../kernel/record.ts'
import type { RunHeader } from './record.ts'

/**
 * `tests.json`: the gate's key with `{ status, details }` per check, `status`, `timestamp`; readers of the old format find it unchanged.
 * `validForMs` is how long the result proves anything. Additions stand inside the check objects and under `gatekit`.
 */
export function testsJson(gate: GateRecord, header: RunHeader, validForMs: number): string {
  const finished = Date.parse(gate.startedAt) + gate.durationMs
  const { runId, tool, profile, environment, target, commit, branch, dirty, configSha256, planSha256, host, shards } =
    header
  return stableJson({
    [gate.key]: Object.fromEntries(gate.checks.map((check) => [check.id, checkJson(check)])),
    status: gate.status,
    timestamp: new Date(finished).toISOString(),
    gatekit: {
      schema: 'tests/1',
      runId,
      tool,
      profile,
      gate: gate.id,
      env: environment.name,
      mode: environment.mode,
      embedded: environment.embedded,
      target,
      commit,
      branch,
      dirty,
      configSha256,
      planSha256,
      host,
      minChecks: gate.minChecks,
      summary: gate.summary,
      reason: gate.reason,
      exitCode: gate.exitCode,
      shards: shards ?? null,
      validUntil: new Date(finished + validForMs).toISOString(),
    },
  })
}

function checkJson(check: CheckRecord): object {
  const {
    status,
    was,
    details,
    reason,
    durationMs,
    attempts,
    flaky,
    advisory,
    evidence,
    findings,
    waiver,
    quarantine,
    reusedFrom,
  } = check
  return {
    status,
    details,
    ...(was && { was }),
    ...(reason && { reason }),
    ...(waiver && { waiver }),
    ...(quarantine && { quarantine }),
    ...(reusedFrom && { reusedFrom }),
    ...(findings.length > 0 && {
      findings: findings.map(({ subject, expected, actual }) => ({ subject, expected, actual })),
    }),
    durationMs,
    attempts: attempts.length,
    flaky,
    advisory,
    ...(evidence.length > 0 && { evidence }),
  }
}
