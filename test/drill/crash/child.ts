// A drill that dies by SIGKILL at the boundary it is told; `restore progress` is in the middle of the rows.
import { drillSchema } from '../../../src/drill/config.ts'
import { optionsOf } from '../../../src/drill/configured.ts'
import { runDrill } from '../../../src/drill/flow.ts'
import type { DrillEvent } from '../../../src/drill/phases.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { createSecrets } from '../../../src/kernel/secrets.ts'

export interface CrashPlan {
  backup: string
  rootDir: string
  engine?: string
  targetUrl?: string
  sourceUrl?: string
  /** `restore phase`, `restore progress`, `evidence phase-end`; none: lives. */
  dieAt?: string
}

export function crashing({ rootDir, dieAt, targetUrl, sourceUrl, ...config }: CrashPlan) {
  const onEvent = (event: DrillEvent) => {
    if (event.kind === 'line') return
    const name = event.kind === 'phase-end' ? event.phase.name : event.name
    if (`${name} ${event.kind}` === dieAt) process.kill(process.pid, 'SIGKILL')
  }
  const section = drillSchema.parse({ ...config, stable: '1ms', evidenceDir: `${rootDir}/qa` })
  const { signal } = new AbortController()
  const world = { rootDir, targetUrl, sourceUrl, onEvent, signal, clock: systemClock, secrets: createSecrets() }
  return runDrill(optionsOf(section, { ...world, env: process.env, redisUrl: undefined, tool: 'gatekit test' }))
}

const [, , plan] = process.argv
if (plan?.startsWith('{')) await crashing(JSON.parse(plan) as CrashPlan)
