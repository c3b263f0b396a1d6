import type { History, ProviderName, Step, SubjectSpec } from '../history/define.ts'
import type { EventLabel } from '../model/labels.ts'
import type { Rig } from '../rig/define.ts'

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
