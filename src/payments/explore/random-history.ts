import type { EventRef, Fault, History, Step } from '../history/define.ts'
import type { StoryPlan } from './stories.ts'

export interface RandomSettings extends Disturbances {
  random(): number
  stories: readonly StoryPlan[]
}

/** Only where nothing else goes on. */
export interface Disturbances {
  /** What may be broken during a delivery. */
  faults?: readonly Fault[]
  /** How often the process is killed. */
  kills?: number
}

const most = 12

/** Five to twelve deliveries over one to three subjects: shuffled, repeated, some at once. Every event of a story is delivered. */
export function randomHistory({ random, stories, faults = [], kills = 0 }: RandomSettings): History {
  const below = (limit: number) => Math.floor(random() * limit)
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)]!
  const subjects: History['subjects'] = {}
  const deliveries: EventRef[] = []
  const people = 1 + below(3)
  for (let count = 1; count <= people && deliveries.length < most - 3; count++) {
    const story = pick(stories)
    const subject = `p${count}`
    subjects[subject] = story.spec
    deliveries.push(...story.events.map((event) => ({ subject, event })))
  }
  while (deliveries.length < 5 || (deliveries.length < most && random() < 0.4)) {
    const again = pick(deliveries)
    deliveries.push(again.event === 'cap' && random() < 0.3 ? { ...again, copy: 2 } : again)
  }
  shuffle(deliveries, below)
  const steps = stepsOf(deliveries)
  for (let count = 0; count < kills; count++) killWithin(steps)
  return { subjects, steps }

  function stepsOf(left: EventRef[]): Step[] {
    const steps: Step[] = []
    for (let at = 0; at < left.length; ) {
      const size = random() < 0.2 ? 2 + below(3) : 1
      const events = left.slice(at, at + size)
      at += size
      const fault = faults.length > 0 && random() < 0.1 ? { fault: pick(faults) } : {}
      if (events.length > 1) steps.push({ do: 'burst', events })
      else steps.push({ do: 'deliver', ...events[0]!, ...fault })
    }
    return steps
  }

  /** Between two steps, or during one. */
  function killWithin(steps: Step[]): void {
    const at = below(steps.length)
    const step = steps[at]!
    const isBetween = random() < 0.4 || (step.do === 'deliver' && step.fault !== undefined)
    if (isBetween || (step.do !== 'deliver' && step.do !== 'burst')) steps.splice(at, 0, { do: 'kill' })
    else steps[at] = { ...step, killDuringMs: pick([1, 5, 20]) }
  }
}

function shuffle<Item>(items: Item[], below: (limit: number) => number): void {
  for (let at = items.length - 1; at > 0; at--) {
    const other = below(at + 1)
    ;[items[at], items[other]] = [items[other]!, items[at]!]
  }
}

/** The pairs of a history: one event before another of the same subject, or at once with it. */
export function pairsOf({ steps }: History): string[] {
  const seen: EventRef[] = []
  const pairs: string[] = []
  for (const step of steps) {
    const now = step.do === 'deliver' ? [step] : step.do === 'burst' ? step.events : []
    for (const event of now) {
      for (const before of seen) if (before.subject === event.subject) pairs.push(`${before.event}<${event.event}`)
      for (const other of now)
        if (other !== event && other.subject === event.subject) pairs.push(`${other.event}=${event.event}`)
    }
    seen.push(...now)
  }
  return pairs
}
