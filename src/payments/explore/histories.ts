import type { BurstStep, History, ProviderName, Step, SubjectSpec } from '../history/define.ts'
import type { EventLabel } from '../model/labels.ts'
import type { Rig } from '../rig/define.ts'

/** A start takes long: at one kill so many purchases are each at another point of the work. */
const killedAtOnce = 6

export const deliverStep = (event: EventLabel, subject = 'p1'): Step => ({ do: 'deliver', subject, event })

/** One purchase and its events in this order. */
export const onePayment = (
  provider: ProviderName,
  events: readonly EventLabel[],
  spec: Partial<SubjectSpec> = {},
): History => ({
  subjects: { p1: { kind: 'payment', provider, ...spec } },
  steps: events.map((event) => deliverStep(event)),
})

export const oneSubscription = (events: readonly EventLabel[], spec: Partial<SubjectSpec> = {}): History => ({
  subjects: { p1: { kind: 'subscription', provider: 'stripe', ...spec } },
  steps: events.map((event) => deliverStep(event)),
})

/** All at once, each as often as it is named. */
export const oneBurst = (
  provider: ProviderName,
  events: readonly EventLabel[],
  before: readonly EventLabel[] = [],
): History => ({
  subjects: { p1: { kind: 'payment', provider } },
  steps: [
    ...before.map((event) => deliverStep(event)),
    { do: 'burst', events: events.map((event) => ({ subject: 'p1', event })) },
  ],
})

export const perProvider = (rig: Pick<Rig, 'providers'>, make: (provider: ProviderName) => History[]): History[] =>
  rig.providers.flatMap(make)

/** Every order of a few things. */
export function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

/** Several purchases of each provider, delivered at once, and the end of the process at one moment for all; `again`: then once more. */
export function killedTogether(
  providers: readonly ProviderName[],
  { again = false, ...kill }: Pick<BurstStep, 'killAfterMs' | 'killDuringMs'> & { again?: boolean },
): History {
  const each = Math.ceil(killedAtOnce / providers.length)
  const specs = providers.flatMap((provider) =>
    Array.from({ length: each }, () => ({ kind: 'payment', provider }) as const),
  )
  const subjects = Object.fromEntries(specs.map((spec, index) => [`p${index + 1}`, spec]))
  const events = Object.keys(subjects).map((subject) => ({ subject, event: 'cap' }) as const)
  const repeated = again ? events.map(({ subject }) => deliverStep('cap', subject)) : []
  return { subjects, steps: [{ do: 'burst', events, ...kill }, ...repeated] }
}
