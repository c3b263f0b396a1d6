import type { CheckRecord, GateRecord, RunRecord } from '../kernel/record.ts'
import type { PlannedCheck, PlannedGate } from './plan.ts'

/** What is known of a run before it ends. */
export type RunHeader = Pick<
  RunRecord,
  | 'schema'
  | 'runId'
  | 'tool'
  | 'profile'
  | 'command'
  | 'startedAt'
  | 'environment'
  | 'target'
  | 'commit'
  | 'branch'
  | 'dirty'
  | 'configSha256'
  | 'planSha256'
  | 'flags'
  | 'host'
  | 'shards'
>

/** The record of a check that has not run; `status` says why. */
export function blankRecord(check: PlannedCheck, status: CheckRecord['status'], reason?: string): CheckRecord {
  return {
    id: check.id,
    gate: check.gate,
    type: check.type,
    ...(check.title !== undefined && { title: check.title }),
    place: { file: check.place.file, line: check.place.line, column: check.place.column },
    status,
    ...(reason !== undefined && { reason }),
    details: {},
    findings: [],
    durationMs: 0,
    attempts: [],
    flaky: false,
    advisory: check.advisory,
    skipAllowed: check.skipAllowed,
    evidence: [],
    reproduce: [],
    ...(check.owner !== undefined && { owner: check.owner }),
    needs: check.needs,
    ...(check.digest !== undefined && { digest: check.digest }),
  }
}

/** The part of a gate's record that its definition gives. */
export function gateHead(gate: Omit<PlannedGate, 'checks'>) {
  return {
    id: gate.id,
    key: gate.key,
    version: gate.version,
    title: gate.title,
    ...(gate.description !== undefined && { description: gate.description }),
    ...(gate.docs !== undefined && { docs: gate.docs }),
    place: { file: gate.place.file, line: gate.place.line, column: gate.place.column },
    needs: gate.needs,
    minChecks: gate.minChecks,
    outDir: gate.outDir,
  } satisfies Partial<GateRecord>
}
