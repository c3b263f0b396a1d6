import { z } from 'zod'

/** The part of a PayPal event that is acted on. */
export const paypalEvent = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,255}$/),
  event_type: z.string().min(1).max(200),
  resource: z.record(z.string(), z.unknown()),
})
export type PaypalEvent = z.output<typeof paypalEvent>
