import type { Context } from '../define.ts'

/** What of a metered item's period was billed before its end: by a threshold. */
export interface BilledUsage {
  /** Beginning of the period, epoch seconds. */
  start: number
  /** When it was billed. */
  at: number
  /** Decimal text. */
  used: string
}

const key = (item: string) => `billed usage of ${item}`

/** Undefined where nothing of the period that begins at `start` was billed. */
export function billedUsage(ctx: Context, item: string, start: number): BilledUsage | undefined {
  const billed = ctx.account.memory.get(key(item)) as BilledUsage | undefined
  return billed?.start === start ? billed : undefined
}

export const noteBilledUsage = (ctx: Context, item: string, billed: BilledUsage): void =>
  void ctx.account.memory.set(key(item), billed)
