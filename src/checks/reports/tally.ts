/** What a test report says, counted from the tests it lists and not from its own totals. */
export interface Tally {
  tests: number
  passed: number
  failed: number
  /** Listed but not executed; never counts as passed. */
  skipped: number
  /** The failed ones, for people. */
  failures: { name: string; message: string }[]
  /** Epoch milliseconds of the latest time the report itself tells, where it tells one with a zone. */
  writtenMs?: number
}

/** The text is no report of its format, or contradicts itself. */
export class BrokenReport extends Error {
  override readonly name = 'BrokenReport'
}

export const emptyTally = (): Tally => ({ tests: 0, passed: 0, failed: 0, skipped: 0, failures: [] })

/** The sum of several reports. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const sum = emptyTally()
  for (const tally of tallies) {
    for (const name of ['tests', 'passed', 'failed', 'skipped'] as const) sum[name] += tally[name]
    sum.failures.push(...tally.failures)
  }
  return sum
}
