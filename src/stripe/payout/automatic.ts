import type { Context } from '../define.ts'
import { holdingOf } from '../payment/balance.ts'
import { externalAccounts, failureOf, payoutDestination } from './bank.ts'
import { sendPayout } from './send.ts'

export type PayoutInterval = 'daily' | 'manual' | 'monthly' | 'weekly'

const intervalKey = 'payout interval'

/** How often the account is paid out by itself. One's own account waits to be told; a connected one is paid daily, as Stripe sets it up. */
export const payoutInterval = (ctx: Context): PayoutInterval =>
  (ctx.account.memory.get(intervalKey) as PayoutInterval | undefined) ?? (ctx.account.platform ? 'daily' : 'manual')

export const setPayoutInterval = (ctx: Context, interval: PayoutInterval): void =>
  void ctx.account.memory.set(intervalKey, interval)

/** Pays all of a currency out when the schedule says so and there is a bank account that takes it. */
export function payOutAutomatically(ctx: Context, currency: string): void {
  if (!isPayoutDay(ctx.now, payoutInterval(ctx))) return
  const amount = holdingOf(ctx, currency).available
  const bank = ctx.account.platform ? externalAccounts(ctx, currency)[0] : payoutDestination(ctx, currency)
  if (amount <= 0 || !bank || failureOf(ctx, bank.id)) return
  const payout = sendPayout(ctx, ctx.newId('payout'), { amount, automatic: true, currency })
  rememberPaidOut(ctx, payout.id, currency)
}

/** Weekly means Mondays and monthly the first, which is what Stripe proposes. */
function isPayoutDay(now: number, interval: PayoutInterval): boolean {
  const date = new Date(now * 1000)
  if (interval === 'daily') return true
  return interval === 'weekly' ? date.getUTCDay() === 1 : interval === 'monthly' && date.getUTCDate() === 1
}

const paidOutKey = (transaction: string) => `paid out ${transaction}`

/** An automatic payout says which transactions it pays out: those available since the one before. */
function rememberPaidOut(ctx: Context, payout: string, currency: string): void {
  for (const transaction of ctx.tables.balance_transaction.all()) {
    if (transaction.currency !== currency || transaction.status !== 'available') continue
    if (ctx.account.memory.has(paidOutKey(transaction.id))) return
    ctx.account.memory.set(paidOutKey(transaction.id), payout)
  }
}

/** The automatic payout that a transaction was part of. */
export const payoutOf = (ctx: Context, transaction: string): unknown => ctx.account.memory.get(paidOutKey(transaction))

/** The `balance_settings` of an account: how it is paid out. */
export const balanceSettings = (ctx: Context) => ({
  object: 'balance_settings' as const,
  payments: {
    debit_negative_balances: true,
    payouts: {
      automatic_transfer_rules_by_currency: null,
      minimum_balance_by_currency: null,
      schedule: { interval: payoutInterval(ctx) },
      statement_descriptor: null,
      status: 'enabled' as const,
    },
    settlement_timing: { delay_days: 2, start_of_day: null },
  },
})
