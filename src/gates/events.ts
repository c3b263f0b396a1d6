import type { Attempt, CheckRecord, GateRecord, RunRecord } from '../kernel/record.ts'

/** What happens in a run, as it happens: for the screen and for events.ndjson. All text in it is redacted. */
export type RunEvent =
  | { type: 'run-started'; runId: string; gates: number; checks: number }
  | { type: 'note'; text: string }
  | { type: 'gate-started'; gate: string; title: string; checks: number }
  /** `check` is `gate/check`. */
  | { type: 'check-started'; check: string; title?: string }
  | { type: 'progress'; check: string; text: string }
  | { type: 'attempt-finished'; check: string; attempt: Attempt; nextInMs?: number }
  | { type: 'check-finished'; record: CheckRecord }
  | { type: 'gate-finished'; gate: GateRecord }
  | { type: 'run-finished'; run: RunRecord }
