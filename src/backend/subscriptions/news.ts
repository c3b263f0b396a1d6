/** States that a subscription never leaves (https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses). */
export const isFinal = (status: string): boolean => status === 'canceled' || status === 'incomplete_expired'

/** States in which the subscriber has what the plan gives; one whose payment is late keeps it while it is retried. */
export const isEffective = (status: string): boolean => ['active', 'trialing', 'past_due'].includes(status)

export interface Said {
  status: string
  /** Seconds since the epoch at which the event was made. */
  saidAt: number
  /** Of events of one second, the higher was later. */
  rank: number
}

/** What came about first when two events of one kind were made in the same second. */
const course = ['unknown', 'incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused']

/**
 * Whether an event tells something newer than what is known. Events arrive in any order, so it is their own time that counts, and an end is
 * for ever.
 */
export function isNews(known: Said, said: Said): boolean {
  if (isFinal(known.status)) return false
  if (isFinal(said.status)) return true
  if (said.saidAt !== known.saidAt) return said.saidAt > known.saidAt
  if (said.rank !== known.rank) return said.rank > known.rank
  return course.indexOf(said.status) >= course.indexOf(known.status)
}
