import { pause } from '../deliver/pause.ts'
import type { History } from '../history/define.ts'
import type { Failure, Played } from './define.ts'
import { createRig, type RigOptions } from './rig.ts'
import { type Stand, Unmeasurable } from './stand.ts'

export interface PlayOptions {
  /** Looks after every step, for the timeline. */
  watch?: boolean
  /** Does the delivering, for which nothing else may go on; what came of it is looked at outside. */
  inTurn?(work: () => Promise<void>): Promise<void>
  /** Where others are at work: looks once more at what seems wrong when nobody else is, for it may only be late because of them. */
  alone?<Result>(look: () => Promise<Result>): Promise<Result>
}

/** Plays a history with fresh ids and judges the end of every subject by the model. */
export async function playHistory(stand: Stand, history: History, options: RigOptions & PlayOptions): Promise<Played> {
  const { watch = false, inTurn = (work) => work(), alone } = options
  const rig = createRig(stand, options)
  const buyers = Object.entries(history.subjects).map(
    ([name, spec]) => [name, spec.kind === 'payment' ? rig.payment(spec) : rig.subscription(spec)] as const,
  )
  const buyerOf = (name: string) => {
    const found = buyers.find(([known]) => known === name)?.[1]
    if (!found) throw new Unmeasurable(`the history speaks of ${name}, whom it does not introduce`)
    return found
  }
  try {
    await inTurn(() => deliverAll())
    if (stand.signal.aborted) return { failures: [], timeline: rig.tape.timeline, undecided: 'interrupted' }
    const first = await judgeAll()
    const failures = first.length > 0 && alone ? await alone(judgeAll) : first
    return { failures, timeline: rig.tape.timeline }
  } catch (error) {
    if (!(error instanceof Unmeasurable)) throw error
    return { failures: [], timeline: rig.tape.timeline, undecided: error.message }
  }

  async function judgeAll(): Promise<Failure[]> {
    const ends = await rig.settleAll(buyers.map(([, buyer]) => buyer))
    return buyers.flatMap(([name, buyer], index) => {
      const { reached, observation } = ends[index]!
      return reached ? [] : rig.failuresOf(buyer, observation).map((each) => ({ ...each, subject: name }))
    })
  }

  async function deliverAll(): Promise<void> {
    for (const step of history.steps) {
      if (stand.signal.aborted) return
      if (step.do === 'deliver') {
        const { do: _, subject, event, ...how } = step
        await rig.deliver(buyerOf(subject), event, how)
      }
      if (step.do === 'burst')
        await rig.burst(
          step.events.map(({ subject, ...rest }) => ({ ...rest, buyer: buyerOf(subject) })),
          step,
        )
      if (step.do === 'kill' || step.do === 'restart') await rig.kill()
      if (step.do === 'settle') await rig.settleAll(buyers.map(([, buyer]) => buyer))
      if (watch && step.do !== 'settle') {
        await pause(Math.min(300, stand.learnt.lagMs * 2))
        for (const [, buyer] of buyers) await rig.observe(buyer)
      }
    }
  }
}
