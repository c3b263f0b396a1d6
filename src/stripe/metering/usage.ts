import { formatDecimal, parseDecimal } from '../billing/decimal.ts'
import type { Context } from '../define.ts'
import type { Stored } from '../wire.ts'

export type Meter = Stored<'billing.meter'>

/** A meter event that counts. */
export interface Usage {
  identifier: string
  /** Epoch seconds. */
  timestamp: number
  /** Decimal text. */
  value: string
}

const key = (meter: string, customer: string) => `usage of ${meter} by ${customer}`

/** In the order of their timestamps. */
export const usagesOf = (ctx: Context, meter: string, customer: string): readonly Usage[] =>
  (ctx.account.memory.get(key(meter, customer)) as readonly Usage[] | undefined) ?? []

/** Adds an event where its timestamp belongs; among equal ones it is the last. */
export function addUsage(ctx: Context, meter: string, customer: string, usage: Usage): void {
  const known = ctx.account.memory.get(key(meter, customer)) as Usage[] | undefined
  const list = known ?? []
  if (!known) ctx.account.memory.set(key(meter, customer), list)
  let at = list.length
  while (at > 0 && list[at - 1]!.timestamp > usage.timestamp) at--
  list.splice(at, 0, usage)
}

/** Takes an event out again; false when there is none of that identifier. */
export function removeUsage(ctx: Context, meter: string, customer: string, identifier: string): boolean {
  const list = ctx.account.memory.get(key(meter, customer)) as Usage[] | undefined
  const at = list?.findIndex((usage) => usage.identifier === identifier) ?? -1
  if (at === -1) return false
  list!.splice(at, 1)
  return true
}

/** What a customer used from `start` (included) to `end` (not included), by the meter's formula, as decimal text. */
export function usageBetween(ctx: Context, meterId: string, customer: string, start: number, end: number): string {
  const meter = ctx.tables['billing.meter'].get(meterId)
  const list = usagesOf(ctx, meterId, customer).filter(({ timestamp }) => timestamp >= start && timestamp < end)
  return aggregate(meter?.default_aggregation.formula ?? 'sum', list)
}

/** Count of events, sum of their values, or the last value; nothing used is 0. */
export function aggregate(formula: string, usages: readonly Usage[]): string {
  if (formula === 'count') return String(usages.length)
  if (formula === 'last') return usages.at(-1)?.value ?? '0'
  return formatDecimal(usages.reduce((sum, { value }) => sum + parseDecimal(value), 0n))
}
