import { plans } from '../../providers/plans.ts'
import type { Queryable } from '../db/database.ts'
import { isRecord } from '../payments/buyer.ts'
import type { StripeEvent } from '../webhooks/stripe-event.ts'
import { fulfil } from './fulfil.ts'
import { revoke } from './revoke.ts'

type Handler = (tx: Queryable, event: StripeEvent, at: string) => Promise<boolean>

const handlers: Record<string, { handle: Handler; isTheirs(event: StripeEvent, hasChanged: boolean): boolean }> = {
  'checkout.session.completed': { handle: fulfil, isTheirs: isOrder },
  'checkout.session.async_payment_succeeded': { handle: fulfil, isTheirs: isOrder },
  // A refund is theirs when one of their orders went with it; else it is a payment's.
  'charge.refunded': { handle: revoke, isTheirs: (_event, hasChanged) => hasChanged },
}

/** Whether an event is about an order of the Stage 6 checkout, which knows plans and addresses but no users; and its handling if so. */
export function asOrder(event: StripeEvent) {
  const entry = handlers[event.type]
  if (!entry || (event.type !== 'charge.refunded' && !isOrder(event))) return undefined
  return async (tx: Queryable, at: string) => {
    const hasChanged = await entry.handle(tx, event, at)
    return { isTheirs: entry.isTheirs(event, hasChanged), hasChanged }
  }
}

function isOrder({ data }: StripeEvent): boolean {
  const { metadata } = data.object
  return isRecord(metadata) && typeof metadata.plan === 'string' && plans.has(metadata.plan) && !('user' in metadata)
}
