import type { Contract } from '../contract/schema.ts'
import { probes } from '../probes/list.ts'
import type { PaymentsReport, ProbeReport } from '../report/define.ts'
import { renderTimeline } from '../report/text.ts'
import { runPayments } from '../run/run.ts'
import type { Finding, MatrixResult, MatrixRow } from './define.ts'
import { inPlace } from './place.ts'

export interface MatrixSettings {
  mode: 'smoke' | 'default'
  seed: number
  /** Mutants are looked at by the probes that name their defect only; backends that are right by all of them. */
  namedOnly?: boolean
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
}

/** Runs the gate over one backend, in a folder and on a port of its own. Never throws for what the backend does. */
export async function runMatrixRow(row: MatrixRow, settings: MatrixSettings): Promise<MatrixResult> {
  const began = performance.now()
  const { id, kind, summary, named } = row
  const looked = lookedBy(row, settings)
  const empty = { id, kind, summary, named, looked, reds: [], yellows: [], deadControls: [], judged: 0 }
  try {
    const report = await inPlace(row, settings.env, (contract) => runRow(row, settings, contract))
    return { ...empty, ...foundIn(report, named), tookMs: Math.round(performance.now() - began) }
  } catch (error) {
    return { ...empty, trouble: (error as Error).message, tookMs: Math.round(performance.now() - began) }
  }
}

function lookedBy(row: MatrixRow, { mode, namedOnly }: MatrixSettings): MatrixResult['looked'] {
  if (namedOnly && row.kind === 'mutant' && probesOf(row).length > 0) return 'the probes that name it'
  return mode === 'smoke' ? 'the smoke probes' : 'all probes'
}

/** The probes that name the defect of a row. */
export const probesOf = ({ named }: MatrixRow): string[] => named.filter((id) => Object.hasOwn(probes, id))

function runRow(row: MatrixRow, settings: MatrixSettings, contract: Contract): Promise<PaymentsReport> {
  const only = probesOf(row)
  return runPayments({
    contract,
    env: settings.env,
    seed: settings.seed,
    mode: settings.mode,
    signal: settings.signal,
    ...(settings.namedOnly && row.kind === 'mutant' && only.length > 0 && { only }),
  })
}

function foundIn(
  { probes: reports }: PaymentsReport,
  named: readonly string[],
): Pick<MatrixResult, 'reds' | 'yellows' | 'deadControls' | 'judged' | 'finding'> {
  const ids = (verdict: string) => reports.filter((each) => each.verdict === verdict).map(({ id }) => id)
  const isControl = (id: string) => id.startsWith('control.')
  const [first] = reports.filter(({ id, verdict }) => named.includes(id) && /RED|YELLOW/.test(verdict))
  return {
    ...(first && { finding: findingOf(first) }),
    reds: ids('RED').filter((id) => !isControl(id)),
    yellows: ids('YELLOW'),
    deadControls: ids('RED').filter(isControl),
    judged: reports.filter(({ verdict }) => verdict !== 'UNMEASURED' && verdict !== 'N/A').length,
  }
}

const findingOf = ({ id, reason, want, got, harm, timeline = [] }: ProbeReport): Finding => ({
  id,
  reason,
  ...(want !== undefined && { want }),
  ...(got !== undefined && { got }),
  ...(harm !== undefined && { harm }),
  timeline: renderTimeline(timeline.map(({ atMs: _, tookMs: __, ...entry }) => entry)),
})
