import { isShorter } from '../billing/period.ts'
import { priceAmount } from '../billing/pricing.ts'
import type { Context } from '../define.ts'
import { takeOver } from '../schedule/from-subscription.ts'
import { readPhases } from '../schedule/phases.ts'
import { releaseSchedule, setScheduleTimers } from '../schedule/run.ts'
import { termsIn } from '../subscription/item.ts'
import { itemsOf, type Price, type Subscription } from '../subscription/record.ts'
import type { Choice } from './actions.ts'
import type { Features } from './configuration.ts'

/** A switch that waits for the end of the period. */
export interface PlannedChange {
  /** Epoch seconds. */
  at: number
  price: Price
  quantity: number | undefined
}

/** What a plan costs per period, in the smallest unit. */
export const amountOf = ({ currency }: Subscription, price: Price, quantity: number): number =>
  priceAmount(termsIn(price, currency), quantity)

/** Whether the configuration wants a switch to wait: to something that costs less, or is billed more often. */
export function waitsForPeriodEnd(
  ctx: Context,
  subscription: Subscription,
  features: Features,
  choice: Choice,
): boolean {
  const [item] = itemsOf(ctx, subscription.id)
  const price = ctx.tables.price.get(choice.price)
  if (!item || !price || subscription.status === 'trialing') return false
  const before = amountOf(subscription, item.price, item.quantity ?? 1)
  const after = amountOf(subscription, price, choice.quantity ?? item.quantity ?? 1)
  return features.subscription_update.schedule_at_period_end.conditions.some(({ type }) =>
    type === 'decreasing_item_amount' ? after < before : isShorter(price.recurring!, item.price.recurring!),
  )
}

/** Puts a switch off to the end of the period, by a schedule. Rule: docs.stripe.com/customer-management/configure-portal. */
export function planSwitch(ctx: Context, subscription: Subscription, { price, quantity }: Choice): void {
  const id = ctx.newId('subscription_schedule')
  const taken = takeOver(ctx, subscription, {}, id)
  const [current] = taken.phases ?? []
  const [item] = itemsOf(ctx, subscription.id)
  const items = [{ price, ...(item?.quantity !== undefined && { quantity: quantity ?? item.quantity }) }]
  const next = readPhases(ctx, [{ items, proration_behavior: 'none' }], current?.end_date ?? ctx.now)
  const schedule = ctx.tables.subscription_schedule.create({
    ...taken,
    pause_schedules: [],
    phases: [current!, ...next],
  })
  ctx.emit('subscription_schedule.created', schedule)
  setScheduleTimers(ctx, schedule)
}

/** The switch that a subscription waits for; undefined where none was put off. */
export function plannedChange(ctx: Context, { schedule: id }: Subscription): PlannedChange | undefined {
  const schedule = ctx.tables.subscription_schedule.get(id ?? '')
  const next = schedule?.phases.find(({ start_date }) => start_date > ctx.now)
  const [item] = next?.items ?? []
  const price = ctx.tables.price.get(item?.price ?? '')
  return next && item && price ? { at: next.start_date, price, quantity: item.quantity } : undefined
}

/** Takes a switch back before it has happened: the subscription goes on as it is. */
export function dropPlanned(ctx: Context, subscription: Subscription): void {
  const schedule = ctx.tables.subscription_schedule.get(subscription.schedule ?? '')
  if (schedule) setScheduleTimers(ctx, releaseSchedule(ctx, schedule))
}
