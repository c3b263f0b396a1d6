/** Whose purchase it is and of what, as far as an event tells. */
export interface Buyer {
  user?: string
  email?: string
  /** `pack` or `plan` of the catalogue. */
  item?: string
}

/**
 * What an event says has happened, in no gateway's words. Facts only add up: taking one twice, late or in another order than they
 * happened leads to the same end. Amounts are in the currency's minor unit.
 */
export type Fact =
  | {
      kind: 'captured'
      payment: string
      amount: number
      currency: string
      buyer: Buyer
      /** Other ids of the same payment: of its charge, its session. */
      aliases: string[]
    }
  | { kind: 'pending' | 'failed'; payment: string; buyer: Buyer; aliases: string[] }
  /** `total`: all that was given back so far, this one included. */
  | { kind: 'refund-total'; payment: string; total: number; aliases: string[] }
  | { kind: 'refund'; payment: string; refund: string; amount: number; state: 'made' | 'failed' }
  | { kind: 'dispute'; payment: string; dispute: string; state: 'warning' | 'open' | 'won' | 'lost' }
  | { kind: 'session'; session: string; state: 'completed' | 'expired' }
  | SubscriptionFact

export interface SubscriptionFact {
  kind: 'subscription'
  subscription: string
  customer?: string
  buyer: Buyer
  promoCode?: string
  /** Absent: the event is about the subscription and does not tell its state. */
  state?: SubscriptionState
  /** Seconds since the epoch at which the event was made. */
  saidAt: number
  /** Of events of the same second, the higher was later. */
  rank: number
}

export interface SubscriptionState {
  status: string
  cancelAtPeriodEnd: boolean
  /** Seconds since the epoch. */
  currentPeriodEnd?: number
}

/** An event as every gateway's is handled. */
export interface Incoming {
  id: string
  type: string
  gateway: 'stripe' | 'paypal' | 'standard'
  /** Of what audit records without a payment are about. */
  target: string
  /** Empty for a type that nothing is done about. */
  facts: Fact[]
}
