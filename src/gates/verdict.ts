import { combineExitCodes, type ExitCode, exitCodes } from '../kernel/exit.ts'
import type { CheckRecord, GateRecord, Summary, Verdict } from '../kernel/record.ts'
import { summarise, wasExecuted } from './summary.ts'

/** One thing that decides about a verdict, with the sentence for people. */
export interface Ruling {
  exitCode: ExitCode
  reason: string
}

export interface GateCase {
  /** Ids of the checks in the plan; one without a record counts as not run. */
  planned: readonly string[]
  checks: readonly CheckRecord[]
  minChecks: number
  /** Leaving checks out on purpose is fine. */
  partial: boolean
  failOnFlaky: boolean
  /** From outside the checks: a wrong target, outputs that cannot be written, a secret that was found, an interruption. */
  rulings?: readonly Ruling[]
}

export interface Judgement extends Ruling {
  status: Verdict
  summary: Summary
}

/** The verdict of a gate, from its records alone. It passes only for reasons that are there, never for lack of failures. */
export function judgeGate(gate: GateCase): Judgement {
  const rulings = [
    ...(gate.rulings ?? []),
    ...gate.checks.flatMap((check) => rulingOf(check, gate)),
    ...countRulings(gate),
  ]
  const exitCode = combineExitCodes([...rulings.map((ruling) => ruling.exitCode), exitCodes.pass])
  const decisive = rulings.filter((ruling) => ruling.exitCode === exitCode)
  const summary = summarise(gate.checks)
  return { exitCode, status: verdictOf(exitCode), reason: sentence(decisive, summary), summary }
}

/** The verdict of a run: the strongest of its gates; no gate at all is incomplete. */
export function judgeRun(gates: readonly GateRecord[], rulings: readonly Ruling[] = []): Ruling & { status: Verdict } {
  const ofGates = gates.map(({ id, exitCode, reason }) => ({ exitCode, reason: `${id}: ${reason}` }))
  const all = [...rulings, ...ofGates]
  const exitCode = combineExitCodes(all.map((ruling) => ruling.exitCode))
  const decisive = all.filter((ruling) => ruling.exitCode === exitCode)
  const waived = gates.reduce((sum, gate) => sum + gate.summary.waived, 0)
  const passed = `${count(gates.length, 'gate')} passed${waived > 0 ? `, ${count(waived, 'check')} waived` : ''}.`
  const reason = decisive.length === 0 ? 'No gate was selected.' : decisive[0]!.reason
  return { exitCode, status: verdictOf(exitCode), reason: exitCode === exitCodes.pass ? passed : reason }
}

/** How the checks of one shard ended by themselves: what is in other shards, and the floors of whole gates, do not count here. */
export function judgeShard(gates: readonly GateRecord[], failOnFlaky: boolean, rulings: readonly Ruling[]): ExitCode {
  const part = { planned: [], checks: [], minChecks: 1, partial: true, failOnFlaky }
  const ofGates = gates.flatMap(({ exitCode, checks }) => {
    const ofChecks = checks.flatMap((check) => rulingOf(check, part)).map((ruling) => ruling.exitCode)
    return exitCode === exitCodes.incomplete ? ofChecks : [exitCode]
  })
  return combineExitCodes([...rulings.map((ruling) => ruling.exitCode), ...ofGates, exitCodes.pass])
}

const words: Partial<Record<ExitCode, Verdict>> = {
  0: 'PASS',
  1: 'FAIL',
  4: 'INCOMPLETE',
  5: 'STALE',
  7: 'FAIL',
  130: 'INCOMPLETE',
  143: 'INCOMPLETE',
}

export const verdictOf = (exitCode: ExitCode): Verdict => words[exitCode] ?? 'ERROR'

/** What a single check says about the verdict; nothing when it is in order or only advisory. */
function rulingOf(check: CheckRecord, { partial, failOnFlaky }: GateCase): Ruling[] {
  if (check.advisory) return []
  const why = check.reason ? `: ${check.reason}` : ''
  const say = (exitCode: ExitCode, what: string) => [{ exitCode, reason: `${check.id} ${what}${why}` }]
  if (check.status === 'FAIL') return say(exitCodes.fail, 'failed')
  if (check.status === 'ERROR') return say(exitCodes.undecided, 'could not be judged')
  if (check.status === 'NO_DATA') return say(exitCodes.undecided, 'had nothing to judge')
  if (check.status === 'STALE') return say(exitCodes.stale, 'is stale')
  if (check.status === 'BLOCKED') return say(exitCodes.incomplete, 'was blocked')
  if (check.status === 'NOT_RUN') return say(exitCodes.incomplete, 'did not run')
  if (check.status === 'SKIP') return check.skipAllowed ? [] : say(exitCodes.incomplete, 'was skipped')
  if (check.status === 'NOT_SELECTED') return partial ? [] : say(exitCodes.incomplete, 'was not selected')
  return check.flaky && failOnFlaky ? say(exitCodes.flaky, `passed only at attempt ${check.attempts.length}`) : []
}

function countRulings({ planned, checks, minChecks, partial }: GateCase): Ruling[] {
  const missing = planned.filter((id) => !checks.some((check) => check.id === id))
  const foreign = checks.filter((check) => !planned.includes(check.id))
  const selected = checks.filter((check) => !check.advisory && check.status !== 'NOT_SELECTED').length
  const executed = checks.filter((check) => !check.advisory && wasExecuted(check)).length
  const floor = Math.max(1, partial ? Math.min(minChecks, selected) : minChecks)
  const short = executed < floor
  const say = (reason: string): Ruling => ({ exitCode: exitCodes.incomplete, reason })
  return [
    ...missing.map((id) => say(`${id} was planned and has no result`)),
    ...foreign.map(({ id }) => say(`${id} has a result and was not planned`)),
    ...(short ? [say(`${count(executed, 'required check')} executed, the floor is ${floor}`)] : []),
  ]
}

/** One plain sentence that names the check. */
function sentence(decisive: readonly Ruling[], summary: Summary): string {
  const [first, ...others] = decisive
  if (!first) {
    const waived = summary.waived > 0 ? `, ${summary.waived} waived` : ''
    return `${summary.pass} of ${count(summary.planned, 'check')} passed${waived}.`
  }
  const more = others.length > 0 ? ` (and ${others.length} more)` : ''
  return `${first.reason.replace(/[.\s]+$/, '')}${more}.`
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
