import { happened, refundedOf, refundsOf } from './facts.ts'
import type { EventLabel } from './labels.ts'
import type { Terms } from './terms.ts'

/** At least and at most so many. */
export interface Range {
  min: number
  max: number
}

/** The one end state that all legal deliveries of the same facts must reach. A part is absent where nothing may be asserted. */
export interface Want {
  active: Range
  /** Grants ever made, as far as they are still listed. */
  total: Range
  /** What the backend says was paid; only where it knows the payment at all. */
  paid?: { amount: number; currency: string }
  /** Cumulative refunded amount, in minor units. */
  refunded?: Range
  mails?: Range
  /** Audit records that name the effect. */
  captures?: Range
  refunds?: Range
  /** Why: `fully refunded`, `captured once`. */
  because: string
}

/** What the contract declares and what was learnt of this backend in the controls. */
export interface Policy {
  partialRefund?: 'keep' | 'revoke' | 'prorate' | undefined
  disputeOpen?: 'suspend' | 'keep' | 'revoke' | undefined
  /** The declared mode; a `livemode` that contradicts it must have no effect. */
  mode?: 'test' | 'live' | undefined
  /** Whether an active subscription's own event grants; else only all of subscription, session and invoice together do. */
  subscriptionEventGrants?: boolean
}

const exactly = (count: number): Range => ({ min: count, max: count })
const atMost = (max: number): Range => ({ min: 0, max })

/**
 * The required end state once every event of `delivered` was worked through, in whatever order and however often they came: it is a
 * function of the set of events, so permutations and duplicates cannot change it.
 */
export function wantOf(terms: Terms, delivered: Iterable<EventLabel>, policy: Policy): Want {
  const events = new Set(delivered)
  if (events.size === 0) return nothing('nothing that the provider sent speaks of it', terms)
  if (policy.mode && terms.livemode !== (policy.mode === 'live'))
    return nothing('an event of the other mode has no effect', terms)
  if (terms.spec.metadata !== undefined && !isAttributable(terms))
    return nothing('nobody can be named who bought it', terms)
  if (terms.spec.kind === 'subscription') return subscriptionWant(terms, events, policy)
  return paymentWant(terms, events, policy)
}

const nothing = (because: string, { price }: Terms): Want => ({
  active: exactly(0),
  total: atMost(price.packSize),
  mails: exactly(0),
  captures: exactly(0),
  refunds: exactly(0),
  because,
})

/** A history that changes the metadata takes something away from it. */
const isAttributable = ({ spec }: Terms): boolean =>
  spec.metadata !== null &&
  Object.values(spec.metadata ?? {}).every((value) => typeof value === 'string' && value !== '')

function paymentWant(terms: Terms, events: ReadonlySet<EventLabel>, policy: Policy): Want {
  const { price, amount, currency } = terms
  const facts = happened(events)
  if (!facts.includes('cap')) return { ...nothing('no money was captured', terms), mails: atMost(1) }
  if (amount !== price.amount || currency !== price.currency)
    return { active: exactly(0), total: atMost(price.packSize), because: 'not the price was paid' }

  const isCaptureKnown = events.has('cap')
  const refunds = refundsOf(facts, amount)
  const refunded = refundedOf(facts, amount)
  const isTouched = refunds.length > 0 || facts.includes('disputed') || facts.includes('reversed')
  const { active, because } = activeWant(terms, facts, policy)
  const restored = facts.includes('won') || facts.includes('refundFailed') ? 2 : 1
  return {
    active: isCaptureKnown ? active : atMost(active.max),
    total: { min: isCaptureKnown && !isTouched ? price.packSize : 0, max: price.packSize * restored },
    ...(isCaptureKnown && !isTouched && { paid: { amount: price.amount, currency: price.currency } }),
    ...(isCaptureKnown && !facts.includes('refundFailed') && { refunded: exactly(refunded) }),
    ...(!facts.includes('disputed') &&
      !facts.includes('refundFailed') && {
        mails: { min: isCaptureKnown && !isTouched ? 1 : 0, max: 1 },
      }),
    captures: { min: isCaptureKnown && !isTouched ? 1 : 0, max: 1 },
    refunds: atMost(refunds.length + (facts.includes('reversed') ? 1 : 0)),
    because,
  }
}

/** How many of a captured payment's grants are active. */
function activeWant(
  { price, amount }: Terms,
  facts: readonly EventLabel[],
  { partialRefund, disputeOpen }: Policy,
): { active: Range; because: string } {
  const all = exactly(price.packSize)
  const open = atMost(price.packSize)
  const refunded = refundedOf(facts, amount)
  if (facts.includes('refundFailed')) return { active: open, because: 'the refund failed after all' }
  if (refunded >= amount || facts.includes('reversed')) return { active: exactly(0), because: 'fully refunded' }
  if (facts.includes('lost'))
    return disputeOpen === 'suspend' || disputeOpen === 'revoke'
      ? { active: exactly(0), because: 'the dispute is lost' }
      : { active: open, because: 'the dispute is lost, and the contract does not say what follows' }
  const isDisputed = facts.includes('disputed') && !facts.includes('won')
  if (isDisputed && (disputeOpen === 'suspend' || disputeOpen === 'revoke'))
    return { active: exactly(0), because: 'a dispute is open' }
  if (isDisputed && disputeOpen === undefined)
    return { active: open, because: 'a dispute is open, and the contract does not say what follows' }
  if (facts.includes('won') && disputeOpen !== 'suspend' && disputeOpen !== 'keep')
    return { active: open, because: 'the dispute is won, and the contract does not say what follows' }
  if (refunded === 0) return { active: all, because: 'captured once' }
  if (partialRefund === 'keep') return { active: all, because: 'partly refunded, which keeps the goods' }
  if (partialRefund === 'revoke') return { active: exactly(0), because: 'partly refunded, which revokes the goods' }
  if (partialRefund === undefined)
    return { active: open, because: 'partly refunded, and the contract does not say what follows' }
  const kept = price.packSize * (1 - refunded / amount)
  return { active: { min: Math.floor(kept), max: Math.ceil(kept) }, because: 'partly refunded, which takes its share' }
}

function subscriptionWant(terms: Terms, events: ReadonlySet<EventLabel>, policy: Policy): Want {
  const { packSize } = terms.price
  const facts = happened(events)
  const total = atMost(packSize)
  if (facts.includes('sd')) return { active: exactly(0), total, because: 'the subscription has ended' }
  if (!facts.includes('sc')) return { active: exactly(0), total, because: 'the subscription is not paid yet' }
  const has = (...labels: EventLabel[]) => labels.some((label) => events.has(label))
  const isKnown = policy.subscriptionEventGrants
    ? has('sc', 'su', 'pastDue')
    : has('sc', 'su') && has('inv', 'invOk') && has('subCs')
  return {
    active: { min: isKnown ? packSize : 0, max: packSize },
    total,
    because: facts.includes('pastDue') ? 'the subscription is past due, which keeps it' : 'the subscription is active',
  }
}
