import type { Context } from '../define.ts'

const advancingKey = (clock: string) => `advancing ${clock}`

/** While a test clock advances, its jobs bring their own time. */
export const markAdvancing = (ctx: Context, clock: string, target: number): void =>
  void ctx.account.memory.set(advancingKey(clock), target)
export const unmarkAdvancing = (ctx: Context, clock: string): void =>
  void ctx.account.memory.delete(advancingKey(clock))

/** The same context at the time of a test clock: what belongs to a test clock lives at its frozen time. */
export function onClock<C extends Context>(ctx: C, testClock: string | null | undefined): C {
  if (!testClock || ctx.account.memory.has(advancingKey(testClock))) return ctx
  const clock = ctx.tables['test_helpers.test_clock'].get(testClock)
  return clock ? (Object.create(ctx, { now: { value: clock.frozen_time } }) as C) : ctx
}

/** The test clock a customer lives on, or null. */
export const clockOf = (ctx: Context, customer: string | null | undefined): string | null =>
  (customer && ctx.tables.customer.get(customer)?.test_clock) || null
