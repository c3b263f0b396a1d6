import type { CheckRecord, Status, Summary } from '../kernel/record.ts'

const names: Record<Status, keyof Summary> = {
  PASS: 'pass',
  FAIL: 'fail',
  ERROR: 'error',
  NO_DATA: 'noData',
  STALE: 'stale',
  WAIVED: 'waived',
  SKIP: 'skip',
  BLOCKED: 'blocked',
  NOT_RUN: 'notRun',
  NOT_SELECTED: 'notSelected',
}

const unexecuted: readonly Status[] = ['SKIP', 'BLOCKED', 'NOT_RUN', 'NOT_SELECTED']

/** True when the check itself ran to an answer, whatever it was. */
export const wasExecuted = ({ status }: CheckRecord): boolean => !unexecuted.includes(status)

/** Counts of all checks, advisory ones included; `advisory` and `flaky` count across statuses. */
export function summarise(checks: readonly CheckRecord[]): Summary {
  const summary = emptySummary()
  for (const check of checks) {
    summary.planned++
    summary[names[check.status]]++
    if (wasExecuted(check)) summary.executed++
    if (check.flaky) summary.flaky++
    if (check.advisory) summary.advisory++
  }
  return summary
}

/** The sum over several gates. */
export function addSummaries(summaries: readonly Summary[]): Summary {
  const total = emptySummary()
  for (const summary of summaries) {
    for (const key of Object.keys(total) as (keyof Summary)[]) total[key] += summary[key]
  }
  return total
}

const emptySummary = (): Summary => ({
  planned: 0,
  executed: 0,
  pass: 0,
  fail: 0,
  error: 0,
  noData: 0,
  stale: 0,
  waived: 0,
  skip: 0,
  blocked: 0,
  notRun: 0,
  notSelected: 0,
  flaky: 0,
  advisory: 0,
})
