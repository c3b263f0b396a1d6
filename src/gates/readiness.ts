import type { CheckRecord, GateRecord } from '../kernel/record.ts'
import type { PlannedCheck, PlannedGate } from './plan.ts'
import { type WhenFacts, whyNot } from './when.ts'

/** Why a check does not run, as a status and a reason. */
export interface Hold {
  status: 'NOT_SELECTED' | 'NOT_RUN' | 'BLOCKED' | 'SKIP'
  reason: string
}

export interface Surroundings {
  /** Set once the gate or the run has been stopped, or fail-fast struck. */
  stopped: string | undefined
  /** Set when the gate as a whole is held. */
  gateHold: Hold | undefined
  facts: WhenFacts
  /** Results so far, by `gate/check`. */
  results: ReadonlyMap<string, CheckRecord>
}

const isGood = (status: string | undefined): boolean => status === 'PASS' || status === 'WAIVED'

/** Whether a check may run now: undefined, or what holds it, strongest first. */
export function holdOf(check: PlannedCheck, { stopped, gateHold, facts, results }: Surroundings): Hold | undefined {
  if (check.notSelected !== undefined) return { status: 'NOT_SELECTED', reason: check.notSelected }
  if (gateHold) return gateHold
  if (stopped !== undefined) return { status: 'NOT_RUN', reason: stopped }
  // Before the needs: a check that does not apply waits for nothing.
  const unmet = check.when ? whyNot(check.when, facts) : undefined
  if (unmet !== undefined) return { status: 'SKIP', reason: unmet }
  const need = check.needs.find((name) => !isGood(results.get(name)?.status))
  if (need === undefined) return undefined
  const shown = need.startsWith(`${check.gate}/`) ? need.slice(check.gate.length + 1) : need
  return {
    status: 'BLOCKED',
    reason: `needs ${shown}, which is ${results.get(need)?.status ?? 'not part of this run'}`,
  }
}

/** What holds a whole gate. Gates that are no part of this run are not waited for: the run says that they were not evaluated. */
export function gateHoldOf(
  gate: PlannedGate,
  done: ReadonlyMap<string, GateRecord>,
  planned: readonly string[],
  facts: WhenFacts,
): Hold | undefined {
  const need = gate.needs.find((id) => planned.includes(id) && done.get(id)?.status !== 'PASS')
  if (need !== undefined)
    return { status: 'BLOCKED', reason: `needs gate ${need}, which is ${done.get(need)?.status ?? 'not run'}` }
  const reason = gate.when ? whyNot(gate.when, facts) : undefined
  return reason === undefined ? undefined : { status: 'SKIP', reason }
}

/** True for a result after which `--fail-fast` starts nothing more. */
export const endsFailFast = ({ advisory, status }: CheckRecord): boolean =>
  !advisory && ['FAIL', 'ERROR', 'NO_DATA', 'STALE'].includes(status)
