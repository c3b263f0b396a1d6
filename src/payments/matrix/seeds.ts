import { deliveriesOf } from '../explore/shrink.ts'
import { probes } from '../probes/list.ts'
import { runControls } from '../run/controls.ts'
import { openStand } from '../run/open-stand.ts'
import { runProbe, selectProbes } from '../run/probe.ts'
import type { MatrixRow, SeedResult } from './define.ts'
import { inPlace } from './place.ts'
import { probesOf } from './run.ts'

export interface SeedSettings {
  seeds: readonly number[]
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  /** Called as soon as a seed is judged. */
  done(result: SeedResult): void
}

/**
 * Whether the probes that name a defect catch it on every seed: one after the other on one running backend, each seed with purchases of
 * its own, until one of these probes is red.
 */
export async function runSeeds(row: MatrixRow, { seeds, env, signal, done }: SeedSettings): Promise<void> {
  await inPlace(row, env, async (contract) => {
    const { stand, close } = await openStand({ contract, env, smoke: false, signal })
    try {
      const controls = await runControls(stand)
      const dead = controls.outcomes.find(({ id, outcome }) => row.named.includes(id) && outcome.verdict === 'RED')
      const only = probesOf(row)
      const { chosen } = selectProbes(Object.values(probes), contract, controls, { only, mode: 'default' })
      chosen.sort((a, b) => only.indexOf(a.id) - only.indexOf(b.id))
      for (const seed of seeds) {
        const began = performance.now()
        const result: SeedResult = { id: row.id, seed, tookMs: 0, ...(dead && { red: dead.id }) }
        for (const probe of chosen) {
          if (result.red !== undefined || signal.aborted) break
          const { verdict, history, shrinkMs, reason } = await runProbe(stand, probe, controls, { seed })
          if (verdict === 'YELLOW') result.yellow ??= probe.id
          if (verdict === 'UNMEASURED') result.trouble ??= `${probe.id}: ${reason}`
          if (verdict !== 'RED') continue
          result.red = probe.id
          if (history) result.deliveries = deliveriesOf(history)
          if (shrinkMs !== undefined) result.shrinkMs = shrinkMs
        }
        if (signal.aborted) return
        done({ ...result, tookMs: Math.round(performance.now() - began) })
      }
    } finally {
      await close()
    }
  })
}
