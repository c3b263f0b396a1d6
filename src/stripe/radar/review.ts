import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'

export type Review = Stored<'review'>

/** A payment that the rules found risky waits for someone to look at it; nothing stops meanwhile. Emits `review.opened`. */
export function openReview(ctx: Context, charge: Stored<'charge'>): void {
  const review = ctx.tables.review.create({
    billing_zip: charge.billing_details.address?.postal_code ?? null,
    charge: charge.id,
    closed_reason: null,
    open: true,
    opened_reason: 'rule',
    payment_intent: charge.payment_intent ?? undefined,
    reason: 'rule',
  })
  ctx.tables.charge.patch(charge.id, { review: review.id })
  ctx.emit('review.opened', review)
}

/** Ends the review of a charge, if there is an open one. Emits `review.closed`. */
export function closeReview(
  ctx: Context,
  review: Review | undefined,
  reason: NonNullable<Review['closed_reason']>,
): void {
  if (!review?.open) return
  const closed = ctx.tables.review.patch(review.id, { closed_reason: reason, open: false, reason })
  ctx.emit('review.closed', closed)
}
