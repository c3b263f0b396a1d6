import { remainderOf } from '../billing/proration.ts'
import type { Context } from '../define.ts'

/** What an item was billed for a stretch of time, after discounts: what a credit for unused time is computed from. */
export interface Debit {
  start: number
  end: number
  /** In the smallest unit. */
  amount: number
  invoice?: string
  line?: string
  invoiceItem?: string
}

export interface Credit {
  debit: Debit
  /** Never positive. */
  amount: number
}

const key = (item: string) => `debits of ${item}`

export const debitsOf = (ctx: Context, item: string): readonly Debit[] =>
  (ctx.account.memory.get(key(item)) as readonly Debit[] | undefined) ?? []

/** Adds what was billed; what lies in the past is forgotten. */
export function addDebit(ctx: Context, item: string, debit: Debit): void {
  const current = debitsOf(ctx, item).filter(({ end }) => end > ctx.now)
  ctx.account.memory.set(key(item), [...current, debit])
}

/** Gives back what is unused from `at` on, one credit per debit, and shortens the debits to what was used. */
export function takeCredits(ctx: Context, item: string, at: number): Credit[] {
  const open = debitsOf(ctx, item).filter(({ end }) => end > at)
  const credits = open.map((debit): Credit => ({ debit, amount: -remainderOf(debit.amount, debit, at) || 0 }))
  ctx.account.memory.set(key(item), [])
  return credits
}

export const putDebits = (ctx: Context, item: string, debits: readonly Debit[]): void =>
  void ctx.account.memory.set(key(item), debits)
