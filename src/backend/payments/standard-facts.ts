import { z } from 'zod'
import { buyerOf } from './buyer.ts'
import type { Fact, Incoming } from './facts.ts'

/** The gateway-neutral event: `payment.captured` and so on, amounts in minor units. */
export const standardEvent = z.object({
  id: z.string().min(1).max(255).optional(),
  type: z.enum(['payment.captured', 'payment.refunded', 'payment.failed', 'payment.pending']),
  data: z.object({
    id: z.string().min(1).max(255),
    amount: z.int().min(0),
    currency: z.string().regex(/^[a-z]{3}$/i),
    metadata: z.unknown().optional(),
  }),
})
type StandardEvent = z.output<typeof standardEvent>

export function factsOfStandard({ type, data }: StandardEvent): Fact[] {
  const buyer = buyerOf(data.metadata)
  const { id: payment, amount } = data
  if (type === 'payment.captured')
    return [{ kind: 'captured', payment, amount, currency: data.currency.toLowerCase(), buyer, aliases: [] }]
  if (type === 'payment.refunded') return [{ kind: 'refund-total', payment, total: amount, aliases: [] }]
  return [{ kind: type === 'payment.failed' ? 'failed' : 'pending', payment, buyer, aliases: [] }]
}

/** Such an event may come without an id: then what it says is its identity. */
export function incomingOfStandard(event: StandardEvent): Incoming {
  const { type, data } = event
  return {
    id: event.id ?? `${type}/${data.id}/${data.amount}`,
    type,
    gateway: 'standard',
    target: data.id,
    facts: factsOfStandard(event),
  }
}
