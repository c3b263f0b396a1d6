import { combineExitCodes, exitCodes } from '../kernel/exit.ts'
import type { CheckRecord, GateRecord, RunRecord } from '../kernel/record.ts'
import type { SecretHit } from '../kernel/secrets.ts'
import { verdictOf } from './verdict.ts'

/** A gate's record without anything that the checks said: some of it is a secret, and which part is not worth a guess. */
export function withheldGate(gate: GateRecord, hits: readonly (SecretHit & { file?: string })[]): GateRecord {
  const exitCode = combineExitCodes([exitCodes.refused, gate.exitCode])
  const names = [...new Set(hits.map((hit) => hit.name))].slice(0, 5).join(', ')
  const reason = `A secret (${names}) stands in ${hits[0]?.file ?? 'the outputs'}; the outputs were withheld.`
  return { ...gate, status: verdictOf(exitCode), exitCode, reason, checks: gate.checks.map(withheldCheck) }
}

/** The last resort, for a secret in what belongs to no single gate: the command line, a flag, a note. */
export function withheldRun(run: RunRecord, hits: readonly SecretHit[]): RunRecord {
  const gates = run.gates.map((gate) => withheldGate(gate, hits))
  const exitCode = combineExitCodes([exitCodes.refused, run.exitCode])
  const reason = `A secret (${hits[0]?.name}) stands in the record of the run, which was withheld.`
  return {
    ...run,
    status: verdictOf(exitCode),
    exitCode,
    reason,
    gates,
    command: 'withheld',
    target: {},
    flags: [],
    notes: [],
  }
}

function withheldCheck(check: CheckRecord): CheckRecord {
  const { reason: _, waiver: __, ...rest } = check
  const attempts = check.attempts.map(({ attempt, status, durationMs }) => ({ attempt, status, durationMs }))
  return { ...rest, reason: 'withheld', details: {}, findings: [], attempts, evidence: [], reproduce: [] }
}
