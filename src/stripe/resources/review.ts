import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { closeReview } from '../radar/review.ts'

/** Payments that wait for a person's judgement: docs.stripe.com/radar/reviews. */
export const reviews = defineResource({
  object: 'review',
  indexes: ['charge'],

  actions: {
    approve(ctx) {
      if (!ctx.object.open) throw stripeError(400, undefined, `The review ${ctx.id} is already closed.`)
      closeReview(ctx, ctx.object, 'approved')
      return ctx.tables.review.need(ctx.id)
    },
  },
})
