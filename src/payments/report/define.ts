import type { Outcome, Verdict } from '../verdict.ts'

/** One line of the report. */
export interface ProbeReport extends Outcome {
  id: string
  title: string
  rule: string
  source: { text: string; url?: string }[]
  guard: string
  /** Milliseconds; not part of reports that must repeat. */
  tookMs: number
}

export interface Exploration {
  /** Histories that were played, and how many distinct pairs `event before event, how` they covered. */
  histories: number
  pairs: number
  /** Why it ended before all of its histories were played. */
  cutShort?: string
}

export interface PaymentsReport {
  contract: string
  seed: number
  mode: 'smoke' | 'default' | 'budget'
  strict: boolean
  /** Set where the rig or the backend was not fit to be judged: then nothing is green. */
  dead?: string
  probes: ProbeReport[]
  exploration: Exploration
  summary: Record<Verdict, number>
  /** Milliseconds of all of it. */
  tookMs: number
  exitCode: 0 | 1 | 3 | 4
}
