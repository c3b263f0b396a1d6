import type { Contract } from '../contract/schema.ts'
import type { ProbeDefinition } from '../probes/define.ts'
import { probes } from '../probes/list.ts'
import type { PaymentsReport, ProbeReport } from '../report/define.ts'
import type { Replay } from '../report/replay.ts'
import { type Stand, slowMs } from '../rig/stand.ts'
import type { EnvironmentChanges } from '../target/types.ts'
import { type Outcome, unmeasured, yellow } from '../verdict.ts'
import { type Controls, runControls } from './controls.ts'
import { lookLate } from './late.ts'
import { openStand } from './open-stand.ts'
import { reportOf, runProbe, type Selection, selectProbes } from './probe.ts'
import { replayProbes } from './replay.ts'
import { summarise } from './summary.ts'

export interface RunSettings {
  contract: Contract
  /** The gate's own environment, which the target inherits. */
  env: EnvironmentChanges
  seed: number
  mode: 'smoke' | 'default' | 'budget'
  /** Milliseconds for everything under `mode: budget`. */
  budgetMs?: number
  /** UNMEASURED counts as incomplete. */
  strict?: boolean
  /** Only these probes. */
  only?: readonly string[]
  /** Plays this again in place of the probes. */
  replay?: Replay
  signal: AbortSignal
  progress?(text: string): void
}

/** Shared probes that run side by side: they mostly wait. Fewer where effects come late, or they would come later still. */
const besideOf = ({ learnt }: Stand): number => (learnt.lagMs > slowMs ? 6 : 10)

/**
 * The payments gate: starts the backend of a contract, lets plain purchases through, runs every probe that the contract makes
 * measurable and says what was found. Throws a GatekitError where it cannot begin: exit 3 when the backend does not start.
 */
export async function runPayments(settings: RunSettings): Promise<PaymentsReport> {
  const began = performance.now()
  const { contract, mode, signal, progress = () => {} } = settings
  progress('starting the backend')
  const { stand, close } = await openStand({ contract, env: settings.env, smoke: mode === 'smoke', signal })
  stand.budgetMs = settings.budgetMs
  try {
    const found = await judge(stand, settings, progress)
    return summarise(settings, found, Math.round(performance.now() - began))
  } finally {
    progress('stopping the backend')
    await close()
  }
}

/** The report where nothing could be looked at: every probe unmeasured, for the one reason. */
export function deadReport(settings: RunSettings, reason: string): PaymentsReport {
  const none: Controls = { outcomes: [], sound: [], subscriptions: false, usage: false }
  const { chosen, decided } = selectProbes(Object.values(probes), settings.contract, none, settings)
  const unmeasuredProbes = [...chosen.map((probe) => reportOf(probe, unmeasured(reason), 0)), ...decided]
  return summarise(settings, { probes: unmeasuredProbes, dead: reason, exploration: { histories: 0, pairs: 0 } }, 0)
}

export interface Found {
  probes: ProbeReport[]
  dead?: string
  exploration: PaymentsReport['exploration']
}

async function judge(stand: Stand, settings: RunSettings, progress: (text: string) => void): Promise<Found> {
  progress('plain purchases')
  const controls = await runControls(stand)
  const chosenProbes = settings.replay ? replayProbes(settings.replay) : Object.values(probes)
  const selection = selectProbes(chosenProbes, stand.contract, controls, settings)
  const reports: ProbeReport[] = [...controlReports(controls), ...selection.decided]
  let done = 0
  const work = async (probe: Selection['chosen'][number]) => {
    progress(`${probe.id} ${probe.title} (${++done} of ${selection.chosen.length})`)
    reports.push(await runProbe(stand, probe, controls, settings))
  }
  const of = (company: string) => selection.chosen.filter((probe) => probe.company === company)
  const waiting = of('shared')
  await Promise.all(
    Array.from({ length: besideOf(stand) }, async () => {
      for (let probe = waiting.shift(); probe; probe = waiting.shift()) await work(probe)
    }),
  )
  await lookAgain(reports, of('shared'), (probe) => runProbe(stand, probe, controls, settings))
  const inTurn = [...of('alone'), ...of('last'), ...of('kills'), ...of('restarts'), ...of('production')]
  for (const probe of inTurn) await work(probe)
  progress('looking once more for late effects')
  await lookLate(stand, reports)
  const dead = deadRig(controls)
  return { probes: reports, exploration: explorationOf(reports), ...(dead && { dead }) }
}

/** So many that were red again, and the rest is believed. */
const enough = 3

/**
 * Once more, and alone, at what may only have been late because so many probes were at work: anything but what is there twice. What does
 * not show again is advice.
 */
async function lookAgain(
  reports: ProbeReport[],
  shared: readonly ProbeDefinition[],
  run: (probe: ProbeDefinition) => Promise<ProbeReport>,
): Promise<void> {
  let confirmed = 0
  for (const [index, report] of reports.entries()) {
    const probe = shared.find(({ id }) => id === report.id)
    const mayBeLate = report.verdict === 'RED' && report.got !== undefined && !/once|twice/.test(report.harm ?? '')
    if (!probe || !mayBeLate || confirmed >= enough) continue
    const again = await run(probe)
    if (again.verdict === 'RED') confirmed++
    reports[index] =
      again.verdict === 'RED' ? again : { ...again, ...yellow(`${report.reason}: seen once and never again`) }
  }
}

function explorationOf(reports: readonly ProbeReport[]): PaymentsReport['exploration'] {
  const sum = (name: string) => reports.reduce((total, { details }) => total + Number(details?.[name] ?? 0), 0)
  return { histories: sum('histories'), pairs: sum('pairs') }
}

const controlReports = ({ outcomes }: Controls): ProbeReport[] =>
  outcomes.map(({ id, title, outcome }) => ({
    ...outcome,
    id,
    title,
    rule: 'A genuine event of a plain purchase takes effect; without that nothing else can be judged.',
    source: [],
    guard: '',
    tookMs: 0,
  }))

/** Nothing could be looked at: the reason of the first control. */
const deadRig = ({ outcomes }: Controls): string | undefined => {
  const isDead =
    outcomes.length > 0 && outcomes.every(({ outcome }: { outcome: Outcome }) => outcome.verdict === 'UNMEASURED')
  return isDead ? outcomes[0]?.outcome.reason : undefined
}
