import { pause } from '../deliver/pause.ts'
import { Company } from '../explore/company.ts'
import { faultsOf } from '../explore/faults.ts'
import { explain } from '../explore/prove.ts'
import { type Disturbances, randomHistory } from '../explore/random-history.ts'
import { deliveriesOf } from '../explore/shrink.ts'
import { longStories } from '../explore/stories.ts'
import { differencesOf } from '../rig/judge.ts'
import type { PlayOptions } from '../rig/play.ts'
import { createRig } from '../rig/rig.ts'
import type { Stand } from '../rig/stand.ts'
import { runControls } from '../run/controls.ts'
import { openStand } from '../run/open-stand.ts'
import { seededRandom } from '../run/random.ts'
import type { HistoriesResult, MatrixRow } from './define.ts'
import { inPlace } from './place.ts'

export interface HistoriesSettings {
  seed: number
  /** The number of the first history and of the one after the last: the same number is the same history. */
  from: number
  to: number
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
}

const beside = 10

/** Of so many histories one is disturbed by faults; of so many one by a kill, which costs a start. */
const share = { faults: 50, kills: 500 }

/** Plays random histories against a backend that is right, many of them on one running process; every failure is an alarm. */
export async function playHistories(row: MatrixRow, settings: HistoriesSettings): Promise<HistoriesResult> {
  const { seed, from, to, env, signal } = settings
  const began = performance.now()
  const { id, kind } = row
  const counts = { histories: 0, deliveries: 0, faulty: 0, killed: 0, undecided: 0 }
  const result: HistoriesResult = { id, kind, seed, from, ...counts, alarms: [], tookMs: 0 }
  try {
    await inPlace(row, env, async (contract) => {
      const { stand, close } = await openStand({ contract, env, smoke: false, signal })
      try {
        await runControls(stand)
        await playAll(stand, { seed, from, to }, result)
        await lookOnceMore(stand, result)
      } finally {
        await close()
      }
    })
  } catch (error) {
    result.trouble = (error as Error).message
  }
  return { ...result, tookMs: Math.round(performance.now() - began) }
}

interface Range {
  seed: number
  from: number
  to: number
}

async function playAll(stand: Stand, { seed, from, to }: Range, result: HistoriesResult): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index)
  const isDisturbed = (number: number) => number % share.faults === share.faults - 1
  const calm = numbers.filter((number) => !isDisturbed(number)).values()
  const company = new Company()
  const alone: PlayOptions['alone'] = (look) => company.alone(look)
  const worker = async () => {
    for (const number of calm)
      if (!stand.signal.aborted) await company.work(() => playOne(stand, { seed, number, alone }, result))
  }
  await Promise.all(Array.from({ length: beside }, worker))
  const faults = faultsOf(stand.contract)
  const { control, target } = stand.contract
  const canKill = control.restart && target.start !== undefined
  for (const number of numbers.filter(isDisturbed)) {
    if (stand.signal.aborted) return
    const isKilled = canKill && number % share.kills === share.kills - 1
    await playOne(stand, { seed, number, faults, ...(isKilled && { kills: 1 }) }, result)
  }
}

async function playOne(
  stand: Stand,
  {
    seed,
    number,
    alone,
    ...disturbances
  }: Disturbances & { seed: number; number: number; alone?: PlayOptions['alone'] },
  result: HistoriesResult,
): Promise<void> {
  const random = seededRandom(`${seed} history ${number}`)
  const rig = createRig(stand, { probe: String(number), random })
  const { sound, subscriptions } = stand.learnt
  const history = randomHistory({ random, stories: longStories({ providers: sound, subscriptions }), ...disturbances })
  const played = await rig.play(history, { ...(alone && { alone }) })
  if (played.undecided !== undefined) {
    result.undecided++
    return
  }
  result.histories++
  result.deliveries += deliveriesOf(history)
  if (history.steps.some((step) => step.do === 'deliver' && step.fault)) result.faulty++
  if (disturbances.kills) result.killed++
  const failure = played.failures.find(({ kind }) => kind !== 'mail-too-few')
  if (!failure) return
  const reason = 'legal deliveries of the same facts lead to different ends'
  const told = () => explain(rig, history, played, failure, { reason, confirmations: 3 })
  const outcome = alone ? await alone(told) : await told()
  const { verdict, got } = outcome
  result.alarms.push({
    number,
    verdict,
    reason: `${failure.kind}: ${outcome.reason}`,
    ...(got !== undefined && { got }),
  })
}

/** What came later than was waited for. */
async function lookOnceMore({ lateLooks, observer, contract, signal }: Stand, result: HistoriesResult): Promise<void> {
  await pause(contract.policy.settleMs)
  const looks = lateLooks.entries()
  const look = async () => {
    for (const [{ user, email, payment }, { probe, want }] of looks) {
      if (signal.aborted) return
      const observation = await observer.observe({ user, email, payment }, { parts: ['grants', 'payment', 'mails'] })
      const [first] = observation.trouble.length > 0 ? [] : differencesOf(want, observation)
      if (first)
        result.alarms.push({ number: Number(probe), verdict: 'RED', reason: `late: ${first.harm}`, got: first.got })
    }
  }
  await Promise.all(Array.from({ length: beside }, look))
}
