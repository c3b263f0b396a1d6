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

/** Whose usage it is. */
interface OfAccount {
  account: Pick<Context['account'], 'memory'>
}

const key = (meter: string, customer: string) => `usage of ${meter} by ${customer}`

/** How many events there have been; each is kept under a number of its own, so that one more costs one more. */
const countOf = (ctx: OfAccount, list: string): number => (ctx.account.memory.get(list) as number | undefined) ?? 0

/** In the order of their timestamps; of equal ones the earlier received is the first. */
export function usagesOf(ctx: OfAccount, meter: string, customer: string): readonly Usage[] {
  const list = key(meter, customer)
  const usages: Usage[] = []
  for (let at = 1; at <= countOf(ctx, list); at++) {
    const usage = ctx.account.memory.get(`${list} ${at}`) as Usage | undefined
    if (usage) usages.push(usage)
  }
  return usages.sort((a, b) => a.timestamp - b.timestamp)
}

export function addUsage(ctx: Context, meter: string, customer: string, usage: Usage): void {
  const list = key(meter, customer)
  const at = countOf(ctx, list) + 1
  ctx.account.memory.set(`${list} ${at}`, usage)
  ctx.account.memory.set(list, at)
}

/** Takes an event out again; false when there is none of that identifier. */
export function removeUsage(ctx: Context, meter: string, customer: string, identifier: string): boolean {
  const list = key(meter, customer)
  for (let at = 1; at <= countOf(ctx, list); at++) {
    const usage = ctx.account.memory.get(`${list} ${at}`) as Usage | undefined
    if (usage?.identifier === identifier) return ctx.account.memory.delete(`${list} ${at}`)
  }
  return false
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
