import type { EventLabel } from './labels.ts'
import { paymentLabels, subscriptionLabels } from './labels.ts'

/** What must have happened before; a fact that several events announce is named by the first of them. */
const requires: Partial<Record<EventLabel, readonly EventLabel[]>> = {
  charge: ['cap'],
  cs: ['cap'],
  asyncOk: ['unpaid', 'cap'],
  asyncFail: ['unpaid', 'failed'],
  order: ['cap'],
  part: ['cap'],
  partObject: ['part'],
  rest: ['part'],
  restObject: ['rest'],
  full: ['cap'],
  fullObject: ['full'],
  refundFailed: ['full'],
  reversed: ['cap'],
  disputed: ['cap'],
  won: ['disputed'],
  lost: ['disputed'],
  su: ['sc'],
  pastDue: ['sc'],
  unpaidInv: ['pastDue'],
  renew: ['sc'],
  inv: ['sc'],
  invOk: ['inv'],
  subCs: ['sc'],
  sd: ['sc'],
}

const order: readonly EventLabel[] = [...paymentLabels, ...subscriptionLabels]

/** Everything that has happened once these events exist, in the order in which it happened. */
export function happened(events: Iterable<EventLabel>): EventLabel[] {
  const facts = new Set<EventLabel>()
  const add = (label: EventLabel): void => {
    if (facts.has(label)) return
    facts.add(label)
    for (const before of requires[label] ?? []) add(before)
  }
  for (const event of events) add(event)
  return order.filter((label) => facts.has(label))
}

/** The facts up to and with one of them: what the provider knew when it made that event. */
export function upTo(label: EventLabel, facts: readonly EventLabel[]): EventLabel[] {
  const known = new Set([...facts, ...happened([label])])
  const at = order.indexOf(label)
  return order.filter((each, index) => index <= at && known.has(each))
}

/** Seconds after the beginning of its story at which a fact happened. */
export const secondOf = (label: EventLabel): number => order.indexOf(label)

/** Refunded in minor units: `part` is two fifths, `rest` what is left. */
export const partialAmount = (amount: number): number => Math.max(1, Math.floor((amount * 2) / 5))

/** The refunds that happened, oldest first; one that failed gives nothing back. */
export function refundsOf(
  facts: readonly EventLabel[],
  amount: number,
): { of: 'part' | 'rest' | 'full'; amount: number }[] {
  const part = partialAmount(amount)
  const has = (label: EventLabel) => facts.includes(label)
  return [
    ...(has('part') ? [{ of: 'part' as const, amount: part }] : []),
    ...(has('rest') ? [{ of: 'rest' as const, amount: amount - part }] : []),
    ...(has('full') ? [{ of: 'full' as const, amount: has('part') ? amount - part : amount }] : []),
  ]
}

export const refundedOf = (facts: readonly EventLabel[], amount: number): number =>
  facts.includes('refundFailed') ? 0 : refundsOf(facts, amount).reduce((sum, each) => sum + each.amount, 0)
