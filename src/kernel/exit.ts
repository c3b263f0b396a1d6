/** What the process tells its caller; the only numbers `gatekit` exits with. */
export const exitCodes = {
  pass: 0,
  fail: 1,
  usage: 2,
  undecided: 3,
  incomplete: 4,
  stale: 5,
  refused: 6,
  flaky: 7,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Strongest first: where several outcomes meet, the first of these that is present decides. */
const precedence: readonly ExitCode[] = [130, 143, 2, 6, 70, 1, 3, 5, 4, 7, 0]

/** The code that wins where several gates, shards or phases ended differently; 4 (incomplete) for none at all. */
export function combineExitCodes(codes: readonly ExitCode[]): ExitCode {
  return precedence.find((code) => codes.includes(code)) ?? exitCodes.incomplete
}
