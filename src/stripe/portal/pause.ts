import { addIntervals } from '../billing/period.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { takeOver } from '../schedule/from-subscription.ts'
import { readPauses } from '../schedule/pauses.ts'
import { pauseBySchedule } from '../schedule/run.ts'
import { pauseSubscription, resumeSubscription } from '../subscription/pause.ts'
import { isRunning, type Subscription } from '../subscription/record.ts'
import { notAllowed } from './actions.ts'
import type { Features } from './configuration.ts'

export interface PauseChoice {
  /** `1 month`, `until you resume it`. */
  title: string
  /** Absent where the customer resumes it. */
  duration?: { interval: string; interval_count: number }
}

/** How long a customer can pause: what the configuration offers. */
export function pauseChoices({ subscription_pause: { duration } }: Features): PauseChoice[] {
  if (duration.type === 'indefinite') return [{ title: 'Until you resume it' }]
  return duration.interval_options.map(({ interval, interval_count }) => ({
    title: `${interval_count} ${interval}${interval_count === 1 ? '' : 's'}`,
    duration: { interval, interval_count },
  }))
}

/** Whether the portal offers to pause: docs.stripe.com/billing/subscriptions/pause#limitations. */
export const canPause = (features: Features, subscription: Subscription): boolean =>
  features.subscription_pause.enabled &&
  isRunning(subscription) &&
  subscription.schedule === null &&
  subscription.cancel_at === null &&
  subscription.billing_mode.type === 'flexible' &&
  subscription.collection_method === 'charge_automatically'

/** Pauses now; a pause that ends by itself is a schedule of its own. */
export function pausePlan(ctx: Context, subscription: Subscription, features: Features, choice: number): void {
  if (!canPause(features, subscription)) throw notAllowed('Pausing this subscription')
  const chosen = pauseChoices(features)[choice]
  if (!chosen) throw stripeError(400, undefined, 'Choose how long to pause.', 'duration')
  if (!chosen.duration) {
    pauseSubscription(ctx, subscription, {})
    return
  }
  const id = ctx.newId('subscription_schedule')
  const taken = takeOver(ctx, subscription, {}, id)
  const { interval, interval_count } = chosen.duration
  const pause_schedules = readPauses(ctx, [
    {
      pause: { pause_at: { type: 'now' } },
      resume: { resume_at: { type: 'timestamp', timestamp: addIntervals(ctx.now, interval, interval_count) } },
    },
  ])
  const schedule = ctx.tables.subscription_schedule.create({ ...taken, pause_schedules })
  ctx.emit('subscription_schedule.created', schedule)
  pauseBySchedule(ctx, schedule)
}

/** When a paused subscription goes on by itself; undefined where somebody has to resume it. */
export function resumesAt(ctx: Context, { schedule, status }: Subscription): number | undefined {
  if (status !== 'paused') return undefined
  const [entry] = ctx.tables.subscription_schedule.get(schedule ?? '')?.pause_schedules ?? []
  return entry?.resume?.status.type === 'scheduled' ? entry.resume.resume_at : undefined
}

/** Goes on now; an invoice that cannot be paid leaves the subscription paused. */
export function unpausePlan(ctx: Context, subscription: Subscription, features: Features): void {
  if (!features.subscription_pause.enabled) throw notAllowed('Resuming this subscription')
  const { status } = resumeSubscription(ctx, subscription, { payment_behavior: 'resume_on_payment_success' })
  if (status === 'paused')
    throw stripeError(402, 'card_declined', 'Your payment did not go through. Choose another card and try again.')
}
