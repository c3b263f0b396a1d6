import type { History } from './history/define.ts'
import type { TimelineEntry } from './history/timeline.ts'

/**
 * What a probe found. RED: the backend broke a rule. YELLOW: worth reading, never counted. N/A: the contract declares it. UNMEASURED: it
 * could not be looked at, which is not a pass.
 */
export type Verdict = 'RED' | 'GREEN' | 'YELLOW' | 'N/A' | 'UNMEASURED'

/** What a probe returns. Texts hold no ids, times or counts of a race, so that the same seed gives the same report. */
export interface Outcome {
  verdict: Verdict
  /** One sentence: what was seen, or what is missing. */
  reason: string
  want?: string
  got?: string
  /** What it costs: "money returned AND goods kept". */
  harm?: string
  /** Whose end was wrong, and in which way: what making the record smaller must keep; not printed. */
  failure?: { subject: string; kind: string }
  /** The history that shows it, as small as it was made; the rig's own record is taken when absent. */
  history?: History
  timeline?: TimelineEntry[]
  /** How often the history showed it again; below `of` it is a race. */
  reproduced?: { times: number; of: number }
  /** Milliseconds that making the history small took; not printed. */
  shrinkMs?: number
  /** More to print beside it; small and the same on every run. */
  details?: Record<string, unknown>
}

export const green = (reason: string): Outcome => ({ verdict: 'GREEN', reason })
export const red = (reason: string, more: Omit<Outcome, 'verdict' | 'reason'> = {}): Outcome => ({
  verdict: 'RED',
  reason,
  ...more,
})
export const yellow = (reason: string, more: Omit<Outcome, 'verdict' | 'reason'> = {}): Outcome => ({
  verdict: 'YELLOW',
  reason,
  ...more,
})
export const unmeasured = (reason: string): Outcome => ({ verdict: 'UNMEASURED', reason })
export const notApplicable = (reason: string): Outcome => ({ verdict: 'N/A', reason })
