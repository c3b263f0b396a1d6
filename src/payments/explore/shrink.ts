import type { BurstStep, DeliverStep, History, Step } from '../history/define.ts'

/** How many requests of the provider a history makes, retries aside. */
export const deliveriesOf = ({ steps }: History): number =>
  steps.reduce((sum, step) => sum + (step.do === 'deliver' ? 1 : step.do === 'burst' ? step.events.length : 0), 0)

/**
 * Makes a failing history smaller as long as it keeps failing in the same way, for at most `budgetMs`. `fails` plays a candidate, more
 * than once where it may be a race. Greedy: the first smaller one that fails is taken and made smaller in turn.
 */
export async function shrink(
  history: History,
  fails: (candidate: History) => Promise<boolean>,
  { budgetMs, now }: { budgetMs: number; now(): number },
): Promise<History> {
  const deadline = now() + budgetMs
  let smallest = history
  for (;;) {
    const smaller = await firstFailing(smallest, fails, () => now() > deadline)
    if (!smaller) return smallest
    smallest = smaller
  }
}

async function firstFailing(
  history: History,
  fails: (candidate: History) => Promise<boolean>,
  isOver: () => boolean,
): Promise<History | undefined> {
  for (const candidate of smallerHistories(history)) {
    if (isOver()) return undefined
    if (await fails(candidate)) return candidate
  }
  return undefined
}

/** Everything that is one step simpler: the boldest first. */
export function* smallerHistories({ subjects, steps }: History): Generator<History> {
  const names = Object.keys(subjects)
  const without = (gone: readonly string[]) => withoutSubjects(subjects, steps, gone)
  if (names.length > 2)
    for (const name of names) {
      const alone = without(names.filter((each) => each !== name))
      yield alone
      if (alone.steps.some(isInterrupted)) yield { ...alone, steps: alone.steps.map(killedSooner) }
    }
  if (names.length > 1) for (const name of names) yield without([name])
  const isLook = (step: Step) => step.do === 'settle'
  if (steps.filter(isLook).length > 1) yield { subjects, steps: steps.filter((step) => !isLook(step)) }
  if (steps.length > 3) {
    const half = Math.ceil(steps.length / 2)
    yield { subjects, steps: steps.slice(0, half) }
    yield { subjects, steps: steps.slice(half) }
  }
  for (const [index, step] of steps.entries()) {
    const replaced = (...others: Step[]): History => ({ subjects, steps: steps.toSpliced(index, 1, ...others) })
    if (steps.length > 1) yield replaced()
    if (step.do === 'burst') {
      const { do: _, events, ...kills } = step
      const isKilled = Object.keys(kills).length > 0
      if (isKilled && events.length === 1) yield replaced({ do: 'deliver', ...events[0]!, ...kills })
      if (isKilled) yield replaced({ do: 'burst', events })
      yield replaced(...events.map((event): Step => ({ do: 'deliver', ...event })))
      if (step.events.length > 3) yield replaced({ ...step, events: step.events.slice(0, step.events.length / 2) })
      if (step.events.length > 2)
        for (const at of step.events.keys()) yield replaced({ ...step, events: step.events.toSpliced(at, 1) })
    }
    if (step.do === 'deliver') {
      const { fault, killAfterMs, killDuringMs, body, copy, attempts, ...plain } = step
      if ([fault, killAfterMs, killDuringMs, body, copy, attempts].some((each) => each !== undefined))
        yield replaced(plain)
    }
  }
  for (const name of names) {
    const { kind, provider, metadata, charged, ...extras } = subjects[name]!
    if (Object.keys(extras).length === 0) continue
    const plain = { kind, provider, ...(metadata !== undefined && { metadata }), ...(charged && { charged }) }
    yield { subjects: { ...subjects, [name]: plain }, steps }
  }
}

/** What it says of this one alone. */
export function historyOf(name: string, { subjects, steps }: History): History {
  return withoutSubjects(
    subjects,
    steps,
    Object.keys(subjects).filter((each) => each !== name),
  )
}

const isInterrupted = (step: Step): step is (DeliverStep | BurstStep) & { killDuringMs: number } =>
  'killDuringMs' in step && step.killDuringMs !== undefined

/** One alone is done sooner: what was in the middle of its work among many may be over by then. */
const killedSooner = (step: Step): Step =>
  isInterrupted(step) ? { ...step, killDuringMs: Math.ceil(step.killDuringMs / 2) } : step

function withoutSubjects(subjects: History['subjects'], steps: readonly Step[], gone: readonly string[]): History {
  const left = Object.fromEntries(Object.entries(subjects).filter(([name]) => !gone.includes(name)))
  const kept = steps.flatMap((step): Step[] => {
    if (step.do === 'deliver') return gone.includes(step.subject) ? [] : [step]
    if (step.do !== 'burst') return [step]
    const events = step.events.filter(({ subject }) => !gone.includes(subject))
    return events.length === 0 ? [] : [{ ...step, events }]
  })
  return { subjects: left, steps: kept }
}
