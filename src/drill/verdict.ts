import { type Finding, worst } from './findings.ts'
import type { DrillOptions } from './options.ts'
import type { DrillRecord, DrillStatus, PhaseRecord } from './record.ts'

const statuses: Record<Finding['exit'], DrillStatus> = { 0: 'PASS', 1: 'FAIL', 3: 'COULD_NOT_VERIFY', 6: 'REFUSED' }

export interface Outcome {
  drillId: string
  startedAt: number
  durationMs: number
  phases: PhaseRecord[]
  findings: Finding[]
  evidence: DrillRecord['evidence']
  rto?: DrillRecord['rto'] | undefined
  rpo?: DrillRecord['rpo'] | undefined
}

/** The record of a drill: the worst finding is its verdict. A drill that proved nothing, though nothing was wrong, did not pass. */
export function buildRecord(outcome: Outcome, { tool, depth, clock }: DrillOptions): DrillRecord {
  const { drillId, startedAt, durationMs, phases, findings, evidence, rto, rpo } = outcome
  const deciding = worst(findings)
  const exitCode = deciding?.exit ?? 0
  const isBad = deciding !== undefined && deciding.exit !== 0
  return {
    schema: 'drill/1',
    drillId,
    tool,
    status: statuses[exitCode],
    exitCode,
    ...(isBad && { code: deciding.code, stage: deciding.stage }),
    ...(isBad && deciding.object !== undefined && { object: deciding.object }),
    reason: isBad ? deciding.message : passed(evidence),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(clock.now()).toISOString(),
    durationMs,
    depth,
    phases,
    findings,
    ...(rto && { rto }),
    ...(rpo && { rpo }),
    evidence,
  }
}

const passed = ({ tables, rows, engine }: DrillRecord['evidence']): string =>
  `${tables.length} tables with ${rows} rows came back as they were saved${engine ? `, on ${engine.kind} ${engine.version}` : ''}`
