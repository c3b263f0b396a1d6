import type { History, Step } from '../history/define.ts'
import { deliverStep, permutations } from './histories.ts'
import type { StoryPlan } from './stories.ts'

/** Every order of a story's events: as they are, with each of them once more at the end, and all at once. */
export function smallScope({ spec, events }: StoryPlan): { sequential: History[]; bursts: History[] } {
  const subjects = { p1: spec }
  const history = (steps: Step[]): History => ({ subjects, steps })
  const sequential = permutations(events).flatMap((order) => [
    history(order.map((event) => deliverStep(event))),
    ...order.slice(0, -1).map((again) => history([...order, again].map((event) => deliverStep(event)))),
  ])
  const all = events.map((event) => ({ subject: 'p1', event }))
  const bursts = [
    history([{ do: 'burst', events: [...all, ...all] }]),
    ...events.map((late) =>
      history([{ do: 'burst', events: all.filter(({ event }) => event !== late) }, deliverStep(late)]),
    ),
  ]
  return { sequential, bursts }
}
