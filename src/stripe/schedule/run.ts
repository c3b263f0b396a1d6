import type { Context } from '../define.ts'
import { makeDiscounts } from '../invoicing/discount.ts'
import { rateIds } from '../invoicing/tax.ts'
import { previousAttributes } from '../protocol/diff.ts'
import { cancelSubscription } from '../subscription/cancel.ts'
import { changeBilling } from '../subscription/change.ts'
import { type CreateParams, createSubscription } from '../subscription/create.ts'
import type { ItemInput } from '../subscription/item.ts'
import { changeSubscription, isEnded, itemsOf, type Subscription } from '../subscription/record.ts'
import type { Given } from '../wire.ts'
import { pauseTimes, runPauses } from './pauses.ts'
import { type Phase, phaseAt, type Schedule } from './phases.ts'

/**
 * How long before its end a schedule is said to be expiring, in seconds: seven days, and nine on a test clock, where the official command
 * line tool's trigger stops nine days before and waits for the event.
 */
const noticeOf = ({ test_clock }: Schedule): number => (test_clock ? 9 : 7) * 86_400

/** Patches a schedule and emits `subscription_schedule.updated`, or another event. */
export function changeSchedule(
  ctx: Context,
  schedule: Schedule,
  fields: Given<Schedule>,
  event = 'subscription_schedule.updated',
): Schedule {
  const changed = ctx.tables.subscription_schedule.patch(schedule.id, fields)
  const previous = previousAttributes(schedule, changed)
  if (previous) ctx.emit(event, changed, event.endsWith('updated') ? previous : undefined)
  return changed
}

/** Sets the clock for the next boundary between phases, and for the notice before the end. */
export function setScheduleTimers(ctx: Context, schedule: Schedule): void {
  for (const job of ['phase', 'expiring', 'pause']) ctx.unschedule('subscription_schedule', job, schedule.id)
  if (schedule.status !== 'active' && schedule.status !== 'not_started') return
  const bounds = schedule.phases.flatMap(({ end_date, start_date }) => [start_date, end_date])
  const pause = Math.min(...pauseTimes(schedule))
  if (Number.isFinite(pause))
    ctx.schedule('subscription_schedule', 'pause', schedule.id, Math.max(pause, ctx.now), schedule.test_clock)
  const next = Math.min(...bounds.filter((bound) => bound > ctx.now))
  if (Number.isFinite(next)) ctx.schedule('subscription_schedule', 'phase', schedule.id, next, schedule.test_clock)
  const end = schedule.phases.at(-1)?.end_date ?? 0
  const notice = end - noticeOf(schedule)
  if (notice > ctx.now) ctx.schedule('subscription_schedule', 'expiring', schedule.id, notice, schedule.test_clock)
}

/** Brings a schedule to where it should be now: its first phase starts the subscription, further ones change it, the end ends it. */
export function runSchedule(ctx: Context, schedule: Schedule): Schedule {
  if (schedule.status !== 'active' && schedule.status !== 'not_started') return schedule
  if (ctx.tables.subscription.get(schedule.subscription ?? '')?.status === 'paused') {
    setScheduleTimers(ctx, schedule)
    return schedule
  }
  const phase = phaseAt(schedule, ctx.now)
  const moved = phase ? enterPhase(ctx, schedule, phase) : finish(ctx, schedule)
  setScheduleTimers(ctx, moved)
  return moved
}

function enterPhase(ctx: Context, schedule: Schedule, phase: Phase): Schedule {
  const current_phase = { end_date: phase.end_date, start_date: phase.start_date }
  if (schedule.subscription === null) {
    const { id } = createSubscription(ctx, startOf(schedule, phase), { asDraft: true, schedule: schedule.id })
    return changeSchedule(ctx, schedule, { current_phase, status: 'active', subscription: id })
  }
  if (schedule.current_phase?.start_date === phase.start_date) return schedule
  const subscription = ctx.tables.subscription.need(schedule.subscription)
  applyPhase(ctx, subscription, phase, phase.proration_behavior)
  return changeSchedule(ctx, schedule, { current_phase })
}

/** Makes a subscription what a phase says. At a period's end nothing is prorated: the renewal bills the new phase. */
export function applyPhase(ctx: Context, subscription: Subscription, phase: Phase, behavior: string): void {
  const current = itemsOf(ctx, subscription.id)
  const kept = new Set<string>()
  const wanted = phase.items.map((item): ItemInput => {
    const known = current.find(({ id, price }) => price.id === item.price && !kept.has(id))
    if (known) kept.add(known.id)
    return {
      ...(known ? { id: known.id } : { price: item.price }),
      quantity: item.quantity,
      tax_rates: rateIds(item.tax_rates),
    }
  })
  const gone = current.filter(({ id }) => !kept.has(id)).map(({ id }): ItemInput => ({ deleted: true, id }))
  const isAtEnd = current.every(({ current_period_end }) => current_period_end <= ctx.now)
  const owner = { customer: subscription.customer, subscription: subscription.id }
  changeBilling(ctx, subscription, {
    add_invoice_items: phase.add_invoice_items.map(({ price, quantity }) => ({ price, quantity: quantity ?? 1 })),
    billing_cycle_anchor: phase.billing_cycle_anchor === 'phase_start' ? 'now' : undefined,
    fields: {
      ...(phase.discounts.length > 0 && { discounts: makeDiscounts(ctx, discountsOf(phase), owner) }),
      ...(phase.automatic_tax && { automatic_tax: phase.automatic_tax }),
      ...(phase.collection_method && { collection_method: phase.collection_method }),
      ...(phase.default_payment_method && { default_payment_method: phase.default_payment_method }),
      metadata: { ...subscription.metadata, ...phase.metadata },
    },
    items: [...wanted, ...gone],
    off_session: true,
    proration_behavior: isAtEnd ? 'none' : behavior,
    renewsNow: isAtEnd,
    trial_end: phase.trial_end !== null && phase.trial_end > ctx.now ? phase.trial_end : undefined,
  })
}

const discountsOf = ({ discounts }: Phase) =>
  discounts.map(({ coupon, promotion_code }) => ({
    ...(coupon && { coupon }),
    ...(promotion_code && { promotion_code }),
  }))

function startOf(schedule: Schedule, phase: Phase): CreateParams {
  const { default_settings } = schedule
  return {
    add_invoice_items: phase.add_invoice_items.map(({ price, quantity }) => ({ price, quantity: quantity ?? 1 })),
    automatic_tax: { enabled: (phase.automatic_tax ?? default_settings.automatic_tax)?.enabled ?? false },
    billing_mode: { type: schedule.billing_mode.type },
    collection_method: phase.collection_method ?? default_settings.collection_method ?? 'charge_automatically',
    ...((phase.invoice_settings?.days_until_due ?? default_settings.invoice_settings.days_until_due) && {
      days_until_due: phase.invoice_settings?.days_until_due ?? default_settings.invoice_settings.days_until_due,
    }),
    customer: schedule.customer,
    default_payment_method: phase.default_payment_method ?? default_settings.default_payment_method ?? undefined,
    default_tax_rates: rateIds(phase.default_tax_rates),
    description: phase.description ?? undefined,
    discounts: discountsOf(phase),
    items: phase.items.map(({ price, quantity, tax_rates, metadata }) => ({
      metadata: metadata ?? {},
      price,
      quantity,
      tax_rates: rateIds(tax_rates),
    })),
    metadata: phase.metadata ?? {},
    ...(phase.trial_end !== null && { trial_end: phase.trial_end }),
  } as unknown as CreateParams
}

function finish(ctx: Context, schedule: Schedule): Schedule {
  const last = schedule.phases.at(-1)
  if (!last || ctx.now < last.end_date) return schedule
  if (schedule.end_behavior !== 'cancel') {
    ctx.emit('subscription_schedule.completed', schedule)
    return releaseSchedule(ctx, schedule)
  }
  const subscription = ctx.tables.subscription.get(schedule.subscription ?? '')
  const fields = { completed_at: ctx.now, current_phase: null, status: 'completed' as const }
  const done = changeSchedule(ctx, schedule, fields, 'subscription_schedule.completed')
  if (subscription && !isEnded(subscription))
    cancelSubscription(ctx, subscription, { atPeriodEnd: true, invoiceNow: true, prorate: false })
  return done
}

/** Does what is due of the pauses; a schedule whose subscription goes on goes on too. */
export function pauseBySchedule(ctx: Context, schedule: Schedule): Schedule {
  const before = schedule.subscription && ctx.tables.subscription.get(schedule.subscription)?.status
  const moved = runPauses(ctx, schedule)
  const after = moved.subscription && ctx.tables.subscription.get(moved.subscription)?.status
  if (before === 'paused' && after !== 'paused') return runSchedule(ctx, moved)
  setScheduleTimers(ctx, moved)
  return moved
}

/** Lets the subscription go on by itself. */
export function releaseSchedule(ctx: Context, schedule: Schedule): Schedule {
  const subscription = ctx.tables.subscription.get(schedule.subscription ?? '')
  if (subscription) changeSubscription(ctx, subscription, { schedule: null })
  return changeSchedule(
    ctx,
    schedule,
    {
      current_phase: null,
      released_at: ctx.now,
      released_subscription: schedule.subscription,
      status: 'released',
      subscription: null,
    },
    'subscription_schedule.released',
  )
}

/** A boundary of phases that falls on a renewal comes before it. */
export function enterDuePhase(ctx: Context, subscription: Subscription): Subscription {
  const schedule = ctx.tables.subscription_schedule.get(subscription.schedule ?? '')
  if (schedule?.status !== 'active') return subscription
  runSchedule(ctx, schedule)
  return ctx.tables.subscription.need(subscription.id)
}
