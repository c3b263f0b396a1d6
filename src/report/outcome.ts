import type { CheckRecord, GateRecord, RunRecord, Status } from '../kernel/record.ts'
import { oneLine } from './plain-text.ts'

/** Required checks with one of these stop a release; a SKIP or NOT_SELECTED only makes the gate incomplete. */
const failing: readonly Status[] = ['FAIL', 'ERROR', 'NO_DATA', 'STALE', 'NOT_RUN', 'BLOCKED']

/** FAIL before ERROR before the rest: the order in which a reader wants to see what is wrong. */
const urgency: readonly Status[] = [
  'FAIL',
  'ERROR',
  'NO_DATA',
  'STALE',
  'NOT_RUN',
  'BLOCKED',
  'NOT_SELECTED',
  'SKIP',
  'WAIVED',
  'PASS',
]

export const isFailing = (check: CheckRecord): boolean => !check.advisory && failing.includes(check.status)

/** What a person has to look at before anything else: what failed, and what a gate that did not pass left out. The worst first. */
export function attentionOf(gate: GateRecord): CheckRecord[] {
  const isLeftOut = ({ status, skipAllowed, advisory }: CheckRecord) =>
    gate.status !== 'PASS' && !advisory && (status === 'NOT_SELECTED' || (status === 'SKIP' && !skipAllowed))
  return gate.checks.filter((check) => isFailing(check) || isLeftOut(check)).sort(byUrgency)
}

export const byUrgency = (a: CheckRecord, b: CheckRecord): number =>
  Number(isFailing(b)) - Number(isFailing(a)) || urgency.indexOf(a.status) - urgency.indexOf(b.status)

export const checkName = (check: CheckRecord): string => `${check.gate}/${check.id}`

/** `NO_DATA` -> `NO DATA` */
export const statusWord = (status: string): string => status.replaceAll('_', ' ')

/** One line that says why a check is not simply PASS; empty when there is nothing to say. */
export function explain(check: CheckRecord): string {
  const waiver = check.waiver
    ? `${statusWord(check.was ?? 'FAIL')} waived until ${check.waiver.expires} (${check.waiver.ticket}): ${check.waiver.reason}`
    : ''
  const blocked = check.status === 'BLOCKED' && check.needs.length > 0 ? `needs ${check.needs.join(', ')}` : ''
  const flaky = check.flaky ? `passed at attempt ${check.attempts.length}` : ''
  const reason = check.reason ?? ''
  return oneLine([waiver, reason, reason ? '' : blocked, flaky].filter(Boolean).join('; '))
}

export const checksOf = (run: RunRecord): CheckRecord[] => run.gates.flatMap((gate) => gate.checks)

/** A gate that is not PASS although none of its checks says so: below its floor, for instance. */
export const failsSilently = (gate: GateRecord): boolean => gate.status !== 'PASS' && !gate.checks.some(isFailing)

/** Milliseconds since the epoch; 0 for a time that is none. */
export const epoch = (time: string): number => Date.parse(time) || 0
