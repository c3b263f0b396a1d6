import type { PaymentsReport } from '../report/define.ts'
import type { Verdict } from '../verdict.ts'
import { byId } from './probe.ts'
import type { Found, RunSettings } from './run.ts'

/** The verdict of a run. RED wins over a rig that could not look everywhere; nothing is green where no plain purchase works. */
export function summarise(settings: RunSettings, found: Found, tookMs: number): PaymentsReport {
  const { contract, seed, mode, strict = false } = settings
  const { exploration, dead } = found
  const controls = found.probes.filter(({ id }) => id.startsWith('control.'))
  const others = found.probes.filter(({ id }) => !id.startsWith('control.')).sort((a, b) => byId(a.id, b.id))
  const summary: Record<Verdict, number> = { RED: 0, GREEN: 0, YELLOW: 0, 'N/A': 0, UNMEASURED: 0 }
  for (const { verdict } of [...controls, ...others]) summary[verdict]++
  return {
    contract: contract.file,
    seed,
    mode,
    strict,
    ...(dead && { dead }),
    probes: [...controls, ...others],
    exploration,
    summary,
    tookMs,
    exitCode: exitCodeOf(summary, dead, strict),
  }
}

function exitCodeOf(summary: Record<Verdict, number>, dead: string | undefined, strict: boolean): 0 | 1 | 3 | 4 {
  if (summary.RED > 0) return 1
  if (dead !== undefined || summary.GREEN === 0) return 3
  return strict && summary.UNMEASURED > 0 ? 4 : 0
}
