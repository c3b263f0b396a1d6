/** All that is known of a payment. */
export interface Known {
  isCaptured: boolean
  isFailed: boolean
  isPending: boolean
  /** Another amount or currency was charged than the item costs. */
  isMismatched: boolean
  /** A user and an item of the catalogue are known. */
  isAttributed: boolean
  /** Charged, in minor units. */
  amount: number | undefined
  /** Highest total that the gateway reported as given back. */
  refundedTotal: number
  refunds: { amount: number; state: 'made' | 'failed' }[]
  disputes: string[]
}

export type PaymentStatus =
  | 'unknown'
  | 'pending'
  | 'failed'
  | 'mismatch'
  | 'unattributed'
  | 'captured'
  | 'partially_refunded'
  | 'refunded'
  | 'disputed'
  | 'charged_back'

export interface Standing {
  status: PaymentStatus
  /** Given back, in minor units; may be known before the payment is. */
  refunded: number
  /** The goods were delivered, whether or not the buyer still has them. */
  isDelivered: boolean
  cards: 'active' | 'suspended' | 'revoked'
}

/** What a payment comes to, by what is known of it and by nothing else: not by the order in which it became known. */
export function standingOf(known: Known): Standing {
  const refunded = refundedOf(known)
  const isDelivered = known.isCaptured && !known.isMismatched && known.isAttributed
  const isRefunded = known.amount !== undefined && refunded >= known.amount
  return { status: statusOf(known, refunded, isRefunded), refunded, isDelivered, cards: cardsOf(known, isRefunded) }
}

/**
 * A refund may be reported by itself, by the charge's new total, or by both; one that failed afterwards is money that did not go back.
 */
function refundedOf({ refunds, refundedTotal, amount }: Known): number {
  const sum = (state: 'made' | 'failed') =>
    refunds.reduce((total, refund) => total + (refund.state === state ? refund.amount : 0), 0)
  const given = Math.max(0, refundedTotal - sum('failed'), sum('made'))
  return amount === undefined ? given : Math.min(given, amount)
}

function statusOf(known: Known, refunded: number, isRefunded: boolean): PaymentStatus {
  if (!known.isCaptured) {
    if (known.isFailed) return 'failed'
    return known.isPending ? 'pending' : 'unknown'
  }
  if (isRefunded) return 'refunded'
  if (known.isMismatched) return 'mismatch'
  if (!known.isAttributed) return 'unattributed'
  if (known.disputes.includes('lost')) return 'charged_back'
  if (known.disputes.includes('open')) return 'disputed'
  return refunded > 0 ? 'partially_refunded' : 'captured'
}

function cardsOf({ disputes }: Known, isRefunded: boolean): Standing['cards'] {
  if (isRefunded || disputes.includes('lost')) return 'revoked'
  return disputes.includes('open') ? 'suspended' : 'active'
}
