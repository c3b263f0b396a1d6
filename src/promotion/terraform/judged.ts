import type { Finding } from '../../kernel/record.ts'
import type { PlanReview } from './options.ts'
import type { TerraformPlan } from './plan.ts'

/** What one rule says of a plan; all four empty is agreement. */
export interface Judged {
  findings: Finding[]
  /** Why it cannot be told: the plan does not say, or does not know before it is applied. */
  undecided: string[]
  /** What had to be there to be judged and was not. */
  noData: string[]
  notes: string[]
}

/** All that a rule may know. */
export interface Reviewed {
  plan: TerraformPlan
  options: PlanReview
  /** Epoch milliseconds. */
  now: number
  environment: string
  /** What the working directory says of backend and workspace. */
  workingDir: { backend?: Record<string, unknown> | undefined; workspace: string }
  /** Makes fingerprints of keys comparable within this process only. */
  hmacKey: Uint8Array
}

export type Rule = (reviewed: Reviewed) => Partial<Judged>

/** A finding named by its rule, so that a report can be searched for it. */
export const found = (rule: string, subject: string, expected: string, actual: string): Finding => ({
  subject: `${rule} ${subject}`,
  expected,
  actual,
})

/** Short and on one line; whatever is long is cut. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}

export const mergeJudged = (all: readonly Partial<Judged>[]): Judged => ({
  findings: all.flatMap(({ findings = [] }) => findings),
  undecided: all.flatMap(({ undecided = [] }) => undecided),
  noData: all.flatMap(({ noData = [] }) => noData),
  notes: all.flatMap(({ notes = [] }) => notes),
})
