import { type ExitCode, exitCodes } from './exit.ts'

/** A point in a text file; `line` and `column` count from 1. `text` is the whole line, for the caret display. */
export interface Place {
  file: string
  line: number
  column: number
  text?: string
  /** How many columns the caret underlines; 1 when absent. */
  length?: number
}

export interface Problem {
  /** What is wrong, one line, no full stop. */
  title: string
  /** Where it is. */
  place?: Place
  /** Beside the caret: what is expected there. */
  note?: string
  /** What to do, one line. */
  remedy?: string
}

/** An error that a person can act on: every expected failure of gatekit is one of these, everything else is a bug (exit 70). */
export class GatekitError extends Error {
  override readonly name = 'GatekitError'
  readonly exitCode: ExitCode
  readonly problems: readonly Problem[]

  constructor(problems: Problem | readonly Problem[], exitCode: ExitCode = exitCodes.usage, options?: ErrorOptions) {
    const list = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem]
    super(list.map((problem) => problem.title).join('; '), options)
    this.problems = list
    this.exitCode = exitCode
  }
}

/** A wrong command line or configuration: exit 2, nothing ran. */
export const usageError = (title: string, remedy?: string, place?: Place): GatekitError =>
  new GatekitError({ title, ...(remedy && { remedy }), ...(place && { place }) }, exitCodes.usage)

/** Something gatekit will not do because it could do harm: exit 6. */
export const refusal = (title: string, remedy?: string): GatekitError =>
  new GatekitError({ title, ...(remedy && { remedy }) }, exitCodes.refused)
