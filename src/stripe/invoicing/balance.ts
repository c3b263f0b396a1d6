import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'

export type BalanceEntry = Stored<'customer_balance_transaction'>

export interface BalanceMove {
  id?: string
  /** Negative gives the customer credit, positive takes it. */
  amount: number
  currency: string
  type: BalanceEntry['type']
  invoice?: string | null
  creditNote?: string | null
  description?: string | null
  metadata?: Record<string, string>
}

/** Changes what a customer has in credit (negative) or owes (positive), with the entry that says why. Emits `customer.updated`. */
export function moveBalance(ctx: Context, customerId: string, move: BalanceMove): BalanceEntry {
  const customer = ctx.tables.customer.need(customerId, 'customer')
  const balance = customer.balance + move.amount
  const entry = ctx.tables.customer_balance_transaction.create({
    ...(move.id !== undefined && { id: move.id }),
    amount: move.amount,
    created: ctx.now,
    credit_note: move.creditNote ?? null,
    currency: move.currency,
    customer: customerId,
    description: move.description ?? null,
    ending_balance: balance,
    invoice: move.invoice ?? null,
    metadata: move.metadata ?? {},
    type: move.type,
  })
  const currency = customer.currency ?? move.currency
  const updated = ctx.tables.customer.patch(customerId, { balance, currency })
  ctx.emit('customer.updated', updated, { balance: customer.balance, ...(!customer.currency && { currency: null }) })
  return entry
}
