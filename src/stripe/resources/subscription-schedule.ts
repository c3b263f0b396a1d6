import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { clockOf, onClock } from '../invoicing/time.ts'
import { scheduleStart, takeOver } from '../schedule/from-subscription.ts'
import { readPauses } from '../schedule/pauses.ts'
import { type PhaseInput, phaseAt, readPhases, type Schedule } from '../schedule/phases.ts'
import {
  applyPhase,
  changeSchedule,
  pauseBySchedule,
  releaseSchedule,
  runSchedule,
  setScheduleTimers,
} from '../schedule/run.ts'
import { cancelSubscription } from '../subscription/cancel.ts'
import { isEnded } from '../subscription/record.ts'
import type { CreateParamsOf, Given } from '../wire.ts'

/** Phases of a subscription, one after the other. Rules: docs.stripe.com/billing/subscriptions/subscription-schedules. */
export const subscriptionSchedules = defineResource({
  object: 'subscription_schedule',
  indexes: ['customer', 'subscription'],
  events: { update: false },

  create(context) {
    const { params, tables } = context
    if (params.from_subscription) return fromSubscription(context, params, context.id, context.save)
    if (!params.customer) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
    tables.customer.need(params.customer, 'customer')
    const ctx = onClock(context, clockOf(context, params.customer))
    const start = params.start_date === undefined || params.start_date === 'now' ? ctx.now : Number(params.start_date)
    const schedule = context.save({
      ...scheduleStart(ctx, params, params.customer),
      pause_schedules: readPauses(ctx, params.pause_schedules),
      phases: readPhases(ctx, params.phases ?? [], start),
      status: 'not_started',
      subscription: null,
    })
    return runAndSet(ctx, schedule)
  },

  update(context) {
    const { object, params } = context
    needLive(object, 'update')
    const ctx = onClock(context, object.test_clock)
    const start = params.phases?.[0]?.start_date
    const first = typeof start === 'number' ? start : (object.phases[0]?.start_date ?? ctx.now)
    const phases = params.phases ? readPhases(ctx, params.phases as PhaseInput[], first) : undefined
    const changed = changeSchedule(ctx, object, {
      ...(phases && { phases }),
      ...(params.end_behavior && { end_behavior: params.end_behavior }),
      ...(params.pause_schedules !== undefined && {
        pause_schedules: readPauses(ctx, params.pause_schedules as Parameters<typeof readPauses>[1]),
      }),
    })
    const phase = phaseAt(changed, ctx.now)
    const subscription = ctx.tables.subscription.get(changed.subscription ?? '')
    if (phases && phase && subscription) {
      applyPhase(ctx, subscription, phase, params.proration_behavior ?? 'create_prorations')
      const current_phase = { end_date: phase.end_date, start_date: phase.start_date }
      ctx.tables.subscription_schedule.patch(changed.id, { current_phase })
    }
    pauseBySchedule(ctx, ctx.tables.subscription_schedule.need(changed.id))
    return undefined
  },

  actions: {
    cancel(context) {
      const { object, params } = context
      needLive(object, 'cancel')
      const ctx = onClock(context, object.test_clock)
      const subscription = ctx.tables.subscription.get(object.subscription ?? '')
      const canceled = changeSchedule(
        ctx,
        object,
        { canceled_at: ctx.now, current_phase: null, status: 'canceled' },
        'subscription_schedule.canceled',
      )
      // Nothing was begun and nothing is to be settled: the official command line tool's trigger expects this event.
      const isAborted = object.status === 'not_started' && params.invoice_now === false && params.prorate === false
      if (isAborted) ctx.emit('subscription_schedule.aborted', canceled)
      if (subscription && !isEnded(subscription))
        cancelSubscription(ctx, subscription, {
          invoiceNow: params.invoice_now !== false,
          prorate: params.prorate !== false,
        })
      setScheduleTimers(ctx, canceled)
      return canceled
    },

    release(context) {
      needLive(context.object, 'release')
      const ctx = onClock(context, context.object.test_clock)
      const released = releaseSchedule(ctx, context.object)
      setScheduleTimers(ctx, released)
      return released
    },
  },

  jobs: {
    phase: (ctx) => void runSchedule(ctx, ctx.object),

    pause: (ctx) => void pauseBySchedule(ctx, ctx.object),

    expiring(ctx) {
      if (ctx.object.status === 'active') ctx.emit('subscription_schedule.expiring', ctx.object)
    },
  },
})

function runAndSet(ctx: Context, schedule: Schedule): Schedule {
  const started = schedule.phases[0]!.start_date <= ctx.now ? runSchedule(ctx, schedule) : schedule
  setScheduleTimers(ctx, started)
  return ctx.tables.subscription_schedule.need(schedule.id)
}

function fromSubscription(
  context: Context,
  params: CreateParamsOf<'subscription_schedule'>,
  id: string,
  save: (fields: Given<Schedule>) => Schedule,
): Schedule {
  const subscription = context.tables.subscription.need(params.from_subscription, 'from_subscription')
  if (params.phases)
    throw stripeError(
      400,
      undefined,
      'You cannot set `phases` if `from_subscription` is set. Update the schedule afterwards instead.',
      'phases',
    )
  const ctx = onClock(context, subscription.test_clock)
  const pause_schedules = readPauses(ctx, params.pause_schedules)
  const schedule = save({ ...takeOver(ctx, subscription, params, id), pause_schedules })
  return pauseBySchedule(ctx, schedule)
}

function needLive(schedule: Schedule, what: string): void {
  if (schedule.status === 'active' || schedule.status === 'not_started') return
  throw stripeError(
    400,
    undefined,
    `You cannot ${what} a subscription schedule that is currently in the \`${schedule.status}\` status. It must be in one of the following statuses: \`not_started\` or \`active\`.`,
  )
}
