import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'

export type BalanceTransaction = Stored<'balance_transaction'>

const secondsPerDay = 86_400

/** Stripe's standard price for a card of its own country: 2.9 % and 30 of the smallest unit, rounded half up; never more than the amount. */
export const feeOf = (amount: number): number => Math.min(amount, Math.floor((amount * 29 + 500) / 1000) + 30)

export interface Movement {
  type: BalanceTransaction['type']
  /** Signed, in the smallest unit. */
  amount: number
  fee?: number
  currency: string
  source: string
  description?: string | null
  reporting_category: string
  /** Funds that need no two days on the way. */
  availableNow?: boolean
}

/** Books a movement of the account's balance and returns its transaction. */
export function book(ctx: Context, movement: Movement): BalanceTransaction {
  const { amount, fee = 0, currency, availableNow = false } = movement
  return ctx.tables.balance_transaction.create({
    amount,
    available_on: availableNow ? ctx.now : ctx.now + 2 * secondsPerDay,
    balance_type: 'payments',
    currency,
    description: movement.description ?? null,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: movement.reporting_category,
    source: movement.source,
    status: availableNow ? 'available' : 'pending',
    type: movement.type,
  })
}
