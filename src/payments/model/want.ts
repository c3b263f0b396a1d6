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
