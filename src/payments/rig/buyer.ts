import type { Contract } from '../contract/schema.ts'
import { fill } from '../contract/template.ts'
import type { SubjectSpec } from '../history/define.ts'
import type { FreshIds } from '../model/ids.ts'
import type { EventLabel } from '../model/labels.ts'
import { paypalEvent } from '../model/paypal/events.ts'
import { stripeEvent } from '../model/stripe/events.ts'
import type { ModelEvent, Terms } from '../model/terms.ts'
import { type Policy, wantOf } from '../model/want.ts'
import type { Buyer } from './define.ts'

/** A buyer with what only the rig may know and change. */
export interface Story extends Buyer {
  readonly terms: Terms
  /** Events that were legally delivered. */
  readonly delivered: Set<EventLabel>
  /** Events whose facts the providers know of: those that were sent. */
  readonly facts: Set<EventLabel>
  /** The same event has the same id and bytes whenever it is delivered again; another copy is another event. */
  event(label: EventLabel, copy: number): ModelEvent
}

export interface StorySettings {
  contract: Contract
  policy: Policy
  fresh: FreshIds
  name: string
  spec: SubjectSpec
  /** Epoch seconds. */
  began: number
}

export function createStory({ contract, policy, fresh, name, spec, began }: StorySettings): Story {
  const { facts } = contract
  const alternative = spec.alternative === undefined ? undefined : facts.alternatives[spec.alternative]
  const subscription = spec.kind === 'subscription' ? facts.subscription : undefined
  const price = subscription ?? alternative ?? facts.purchase
  const mode = policy.mode ?? 'test'
  const ids = fresh.ids(spec.provider, mode)
  const { user, email } = fresh.buyer()
  const payment = spec.kind === 'subscription' ? ids.subscription : ids.payment
  const tenant = contract.providers.stripe?.tenants?.[spec.otherTenant ? 1 : 0]
  const declared = { ...(subscription?.metadata ?? facts.metadata), ...alternative?.set, ...tenant?.metadata }
  const terms: Terms = {
    spec,
    price: { packSize: price.packSize, amount: price.amount, currency: price.currency.toLowerCase() },
    amount: spec.charged?.amount ?? price.amount,
    currency: (spec.charged?.currency ?? price.currency).toLowerCase(),
    metadata: metadataOf(declared, spec, { user, email, payment }),
    livemode: spec.livemode ?? mode === 'live',
    email,
    ids,
    began,
  }
  const delivered = new Set<EventLabel>()
  const events = new Map<string, ModelEvent>()
  const make = spec.provider === 'paypal' ? paypalEvent : stripeEvent
  return {
    name,
    spec,
    ...(tenant && { tenant: tenant.name }),
    user,
    email,
    payment,
    ids,
    price: terms.price,
    terms,
    delivered,
    facts: new Set(),
    event(label, copy) {
      const key = `${label}#${copy}`
      const known = events.get(key) ?? make(terms, label, fresh.event(spec.provider))
      events.set(key, known)
      return known
    },
    want: () => wantOf(terms, delivered, policy),
  }
}

function metadataOf(
  declared: Readonly<Record<string, string>>,
  { metadata }: SubjectSpec,
  fillings: Record<string, string>,
): Record<string, unknown> | undefined {
  if (metadata === null) return undefined
  const filled = Object.entries(declared).map(([key, value]): [string, unknown] => [key, fill(value, fillings)])
  const all = Object.fromEntries([...filled, ...Object.entries(metadata ?? {})])
  for (const [key, value] of Object.entries(all)) if (value === null) delete all[key]
  return all
}
