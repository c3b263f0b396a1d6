import { z } from 'zod'

/** The part of a Stripe event that is acted on; the rest is none of our business and may change. */
export const stripeEvent = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  object: z.literal('event'),
  type: z.string().min(1).max(200),
  livemode: z.boolean().default(false),
  /** Seconds since the epoch. */
  created: z.int().min(0).catch(0),
  data: z.object({ object: z.record(z.string(), z.unknown()) }),
})
export type StripeEvent = z.output<typeof stripeEvent>
