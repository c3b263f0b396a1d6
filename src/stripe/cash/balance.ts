import type { Context } from '../define.ts'
import type { Given, Stored } from '../wire.ts'

export type CashTransaction = Stored<'customer_cash_balance_transaction'>

const key = (customer: string) => `cash of ${customer}`
const settingsKey = (customer: string) => `cash settings of ${customer}`

/** What a customer has lying with the account, by currency, in the smallest unit. */
export const cashOf = (ctx: Context, customer: string): Record<string, number> =>
  (ctx.account.memory.get(key(customer)) as Record<string, number> | undefined) ?? {}

export type ReconciliationMode = 'automatic' | 'manual'

export const modeOf = (ctx: Context, customer: string): ReconciliationMode =>
  (ctx.account.memory.get(settingsKey(customer)) as ReconciliationMode | undefined) ?? 'automatic'

export const setMode = (ctx: Context, customer: string, mode: ReconciliationMode): void =>
  void ctx.account.memory.set(settingsKey(customer), mode)

export const cashBalance = (ctx: Context, customer: string) => ({
  object: 'cash_balance' as const,
  available: Object.keys(cashOf(ctx, customer)).length > 0 ? cashOf(ctx, customer) : null,
  customer,
  customer_account: null,
  livemode: false,
  settings: {
    reconciliation_mode: modeOf(ctx, customer),
    using_merchant_default: !ctx.account.memory.has(settingsKey(customer)),
  },
})

/** Books a movement of a customer's cash balance and returns its transaction. */
export function bookCash(
  ctx: Context,
  customer: string,
  currency: string,
  net_amount: number,
  fields: Given<CashTransaction>,
): CashTransaction {
  const held = cashOf(ctx, customer)
  const ending_balance = (held[currency] ?? 0) + net_amount
  ctx.account.memory.set(key(customer), { ...held, [currency]: ending_balance })
  const transaction = ctx.tables.customer_cash_balance_transaction.create({
    ...fields,
    currency,
    customer,
    ending_balance,
    net_amount,
  })
  ctx.emit('customer_cash_balance_transaction.created', transaction)
  return transaction
}
