import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { clockOf, onClock } from '../invoicing/time.ts'
import { type Phase, type PhaseInput, phaseAt, phaseOf, readPhases, type Schedule } from '../schedule/phases.ts'
import { applyPhase, changeSchedule, releaseSchedule, runSchedule, setScheduleTimers } from '../schedule/run.ts'
import { cancelSubscription } from '../subscription/cancel.ts'
import { changeSubscription, isEnded } from '../subscription/record.ts'
import { automaticTaxOn } from '../tax/automatic.ts'
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
      ...startFields(ctx, params, params.customer),
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
    })
    const phase = phaseAt(changed, ctx.now)
    const subscription = ctx.tables.subscription.get(changed.subscription ?? '')
    if (phases && phase && subscription) {
      applyPhase(ctx, subscription, phase, params.proration_behavior ?? 'create_prorations')
      const current_phase = { end_date: phase.end_date, start_date: phase.start_date }
      ctx.tables.subscription_schedule.patch(changed.id, { current_phase })
    }
    const updated = ctx.tables.subscription_schedule.need(changed.id)
    setScheduleTimers(ctx, updated)
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
  if (subscription.schedule)
    throw stripeError(
      400,
      undefined,
      `You cannot migrate a subscription that is already attached to a schedule: \`${subscription.schedule}\`.`,
      'from_subscription',
    )
  const ctx = onClock(context, subscription.test_clock)
  const phase = phaseOf(ctx, subscription) as Phase
  const schedule = save({
    ...startFields(ctx, params, subscription.customer),
    billing_mode: subscription.billing_mode,
    current_phase: { end_date: phase.end_date, start_date: phase.start_date },
    phases: [phase],
    status: 'active',
    subscription: subscription.id,
  })
  changeSubscription(ctx, subscription, { schedule: id })
  setScheduleTimers(ctx, schedule)
  return schedule
}

const startFields = (
  ctx: Context,
  params: CreateParamsOf<'subscription_schedule'>,
  customer: string,
): Given<Schedule> => ({
  billing_mode: { flexible: null, type: params.billing_mode?.type ?? 'flexible' },
  created: ctx.now,
  customer,
  default_settings: {
    application_fee_percent: null,
    ...(params.default_settings?.automatic_tax && {
      automatic_tax: automaticTaxOn(params.default_settings.automatic_tax.enabled),
    }),
    billing_cycle_anchor: params.default_settings?.billing_cycle_anchor ?? 'automatic',
    collection_method: params.default_settings?.collection_method ?? 'charge_automatically',
    default_payment_method: params.default_settings?.default_payment_method ?? null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      days_until_due: params.default_settings?.invoice_settings?.days_until_due ?? null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
  },
  end_behavior: params.end_behavior ?? 'release',
  metadata: params.metadata ?? {},
  test_clock: clockOf(ctx, customer),
})

function needLive(schedule: Schedule, what: string): void {
  if (schedule.status === 'active' || schedule.status === 'not_started') return
  throw stripeError(
    400,
    undefined,
    `You cannot ${what} a subscription schedule that is currently in the \`${schedule.status}\` status. It must be in one of the following statuses: \`not_started\` or \`active\`.`,
  )
}
