import { type Finding, finding } from '../findings.ts'
import type { DrillRecord, PhaseName, PhaseRecord } from '../record.ts'

/** What somebody would wait for in an emergency. Reading the file and proving the content come on top and are told apart. */
const counted: readonly PhaseName[] = ['provision', 'restore']

export interface RtoResult {
  rto: NonNullable<DrillRecord['rto']>
  /** Milliseconds of everything that only a drill does. */
  verificationMs: number
  findings: Finding[]
}

/** The time until the restored database answers, on this machine, against what is allowed. `answerMs` is the time of its first answer. */
export function judgeRto(
  phases: readonly PhaseRecord[],
  { budgetMs, answerMs = 0 }: { budgetMs?: number; answerMs?: number } = {},
): RtoResult {
  const isCounted = ({ name, status }: PhaseRecord) => status !== 'skipped' && counted.includes(name)
  const ms = phases.filter(isCounted).reduce((sum, { durationMs }) => sum + durationMs, answerMs)
  const all = phases.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const rto = { ms, ...(budgetMs !== undefined && { budgetMs }) }
  const verificationMs = Math.max(0, all - ms)
  if (budgetMs === undefined || ms <= budgetMs) return { rto, verificationMs, findings: [] }
  const parts = phases.filter(isCounted).map(({ name, durationMs }) => `${name} ${seconds(durationMs)}`)
  const message = `restoring took ${seconds(ms)} on this machine (${parts.join(', ')}), ${seconds(budgetMs)} are allowed`
  return { rto, verificationMs, findings: [finding('RTO_EXCEEDED', 'check', message, { object: 'restore' })] }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
