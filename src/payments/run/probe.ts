import { GatekitError } from '../../kernel/errors.ts'
import type { Contract } from '../contract/schema.ts'
import { smallerRecord } from '../explore/smaller-record.ts'
import { absentFrom, type ProbeDefinition } from '../probes/define.ts'
import type { ProbeReport } from '../report/define.ts'
import { createRig, type WorkingRig } from '../rig/rig.ts'
import { type Stand, Unmeasurable } from '../rig/stand.ts'
import { notApplicable, type Outcome, unmeasured, yellow } from '../verdict.ts'
import { type Controls, unsound } from './controls.ts'
import { seededRandom } from './random.ts'

export interface Selection {
  chosen: ProbeDefinition[]
  /** Those that need not run: skipped by the contract, or not measurable with it. */
  decided: ProbeReport[]
}

/** What `--smoke` asks in ten seconds: one probe or two of every class, those that find most. */
const smokeProbes = new Set('A1 A3 A4 A6 A14 A20 A25 B1 B3 B4 B11 C1 C2 C4 D1 D2 E1 E3 F1 F4 G6 H1 M1 M3 M4'.split(' '))

/** Which probes run, in the order of their ids, and what is already known of the others. */
export function selectProbes(
  all: readonly ProbeDefinition[],
  contract: Contract,
  controls: Controls,
  { only, mode }: { only?: readonly string[]; mode: string },
): Selection {
  const wanted = [...all]
    .sort((a, b) => byId(a.id, b.id))
    .filter(({ id }) => only === undefined || only.includes(id))
    .filter(({ id }) => mode !== 'smoke' || only !== undefined || smokeProbes.has(id))
  const selection: Selection = { chosen: [], decided: [] }
  for (const probe of wanted) {
    const outcome = decidedOf(probe, contract, controls)
    if (outcome) selection.decided.push(reportOf(probe, outcome, 0))
    else selection.chosen.push(probe)
  }
  return selection
}

function decidedOf(probe: ProbeDefinition, contract: Contract, controls: Controls): Outcome | undefined {
  const skipped = contract.skip[probe.id]
  if (skipped !== undefined) return notApplicable(skipped)
  const absent = absentFrom(probe, contract)
  if (absent !== undefined) return notApplicable(`the contract has no ${absent}`)
  const missing = probe.needs(contract)
  if (missing !== undefined) return unmeasured(`the contract has no ${missing}`)
  const reason = probe.withoutBaseline ? undefined : unsound(probe, controls)
  return reason === undefined ? undefined : unmeasured(reason)
}

export const byId = (a: string, b: string): number =>
  a.slice(0, 1).localeCompare(b.slice(0, 1)) || Number(a.slice(1)) - Number(b.slice(1)) || a.localeCompare(b)

export const reportOf = (probe: ProbeDefinition, outcome: Outcome, tookMs: number): ProbeReport => {
  const { id, title, rule, source, guard } = probe
  return { ...outcome, id, title, rule, source, guard, tookMs }
}

/** Runs one probe; whatever goes wrong in it is no verdict about the backend. */
export async function runProbe(
  stand: Stand,
  probe: ProbeDefinition,
  controls: Controls,
  { seed }: { seed: number },
): Promise<ProbeReport> {
  const began = performance.now()
  const took = () => Math.round(performance.now() - began)
  const rig = createRig(stand, { probe: probe.id, random: seededRandom(`${seed} ${probe.id}`) })
  try {
    const outcome = await sure(stand, probe, seed, await inTime(probe.run(rig)))
    const reason = outcome.verdict === 'RED' ? undefined : unsound(probe, controls)
    if (reason !== undefined) return reportOf(probe, unmeasured(reason), took())
    return reportOf(probe, await withRecord(outcome, rig), took())
  } catch (error) {
    const isExpected = error instanceof Unmeasurable || error instanceof GatekitError
    const { message } = error as Error
    return reportOf(probe, unmeasured(isExpected ? message : `this probe failed itself: ${message}`), took())
  } finally {
    await revive(stand)
  }
}

/** What a machine under load can look like: something is missing, or nobody answered. */
const mayBeSlow = ({ verdict, reproduced, failure, harm = '', got = '' }: Outcome): boolean => {
  const isMissing = harm.includes('missing') || failure?.kind.endsWith('few') === true
  return verdict === 'RED' && !reproduced && (isMissing || /no answer|timeout|refused|reset/.test(got))
}

/** What is missing is looked for once more before it is called a defect; what is there twice needs no second look. */
async function sure(stand: Stand, probe: ProbeDefinition, seed: number, outcome: Outcome): Promise<Outcome> {
  if (!mayBeSlow(outcome) || stand.signal.aborted) return outcome
  await revive(stand)
  const rig = createRig(stand, { probe: probe.id, random: seededRandom(`${seed} ${probe.id}`) })
  const again = await inTime(probe.run(rig))
  if (again.verdict === 'RED') return { ...again, timeline: again.timeline ?? [...rig.timeline] }
  return yellow(`${outcome.reason}: seen once and never again`)
}

/** Milliseconds after which a probe is given up; none takes nearly so long. */
const longestMs = 90_000

async function inTime(outcome: Promise<Outcome>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<Outcome>((done) => {
    timer = setTimeout(() => done(unmeasured(`it did not come to an end in ${longestMs / 1000} s`)), longestMs)
  })
  try {
    return await Promise.race([outcome, tooLong])
  } finally {
    clearTimeout(timer)
  }
}

/** What was done, where the probe did not say it itself. */
async function withRecord(outcome: Outcome, rig: WorkingRig): Promise<Outcome> {
  if (outcome.verdict !== 'RED' && outcome.verdict !== 'YELLOW') return outcome
  if (outcome.history) return { ...outcome, timeline: outcome.timeline ?? [...rig.timeline] }
  const history = rig.tape.history()
  const recorded = { ...outcome, timeline: outcome.timeline ?? [...rig.timeline] }
  return history ? smallerRecord(rig, recorded, history) : recorded
}

/** A backend that a probe brought down must not take the probes after it with it. */
async function revive(stand: Stand): Promise<void> {
  const { target, signal } = stand
  if (!target.owned || signal.aborted || stand.environment !== 'usual' || target.state !== 'exited') return
  await target.restart({ env: {} })
}
