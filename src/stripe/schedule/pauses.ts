import { checkIntervals } from '../billing/interval-count.ts'
import { addIntervals } from '../billing/period.ts'
import type { Context } from '../define.ts'
import { StripeError, stripeError } from '../error.ts'
import { type PauseOrder, pauseSubscription, resumeSubscription } from '../subscription/pause.ts'
import type { CreateParamsOf, Given } from '../wire.ts'
import type { Schedule } from './phases.ts'

export type PauseSchedule = NonNullable<Schedule['pause_schedules']>[number]
type PauseInput = NonNullable<CreateParamsOf<'subscription_schedule'>['pause_schedules']>[number]

/** When a subscription pauses and resumes; Stripe takes one entry. Rules: docs.stripe.com/billing/subscriptions/pause/schedules. */
export function readPauses(ctx: Context, given: readonly PauseInput[] | null | undefined): Given<PauseSchedule>[] {
  const [input, another] = given ?? []
  if (another) throw stripeError(400, undefined, 'Only one pause schedule is supported.', 'pause_schedules')
  if (!input) return []
  const { pause, resume } = input
  if (!pause)
    throw stripeError(
      400,
      'parameter_missing',
      'Missing required param: pause_schedules[0][pause].',
      'pause_schedules[0][pause]',
    )
  const pause_at = pause.pause_at.type === 'now' ? ctx.now : (pause.pause_at.timestamp ?? ctx.now)
  const resume_at = resume && resumeTime(resume.resume_at, pause_at)
  if (resume_at !== undefined && resume_at <= pause_at)
    throw stripeError(
      400,
      undefined,
      'A subscription must resume after it has paused.',
      'pause_schedules[0][resume][resume_at]',
    )
  return [
    {
      key: input.key ?? ctx.newSecret(16),
      pause: {
        pause_at,
        settings: {
          bill_for: {
            outstanding_usage_through: {
              type: pause.settings?.bill_for?.outstanding_usage_through?.type ?? 'pause_at',
            },
            unused_time_from: { type: pause.settings?.bill_for?.unused_time_from?.type ?? 'pause_at' },
          },
          invoicing_behavior: pause.settings?.invoicing_behavior ?? 'pending_invoice_item',
          type: 'subscription',
        },
        status: { type: 'scheduled' },
      },
      resume:
        resume_at === undefined
          ? null
          : {
              resume_at,
              settings: {
                billing_cycle_anchor: resume?.settings?.billing_cycle_anchor ?? 'resume_at',
                payment_behavior: resume?.settings?.payment_behavior ?? 'resume_on_payment_success',
                proration_behavior: resume?.settings?.proration_behavior ?? 'create_prorations',
              },
              status: { type: 'scheduled' },
            },
    },
  ]
}

function resumeTime(given: NonNullable<PauseInput['resume']>['resume_at'], from: number): number {
  if (given.type !== 'duration') return given.timestamp ?? from
  const { interval = 'month', interval_count = 1 } = given.duration ?? {}
  const param = 'pause_schedules[0][resume][resume_at][duration][interval_count]'
  return addIntervals(from, interval, checkIntervals(interval, interval_count, param))
}

/** When the clock has something to do for the pauses of a schedule. */
export const pauseTimes = ({ pause_schedules }: Schedule): number[] =>
  (pause_schedules ?? []).flatMap(({ pause, resume }) => [
    ...(pause.status.type === 'scheduled' ? [pause.pause_at] : []),
    ...(resume?.status.type === 'scheduled' ? [resume.resume_at] : []),
  ])

/** Pauses and resumes what is due; what stands in the way is kept as the status of the entry. */
export function runPauses(ctx: Context, schedule: Schedule): Schedule {
  const [entry] = schedule.pause_schedules ?? []
  const id = schedule.subscription
  if (!entry || !id) return schedule
  const { pause, resume } = entry
  const isDue = (at: number, status: string): boolean => status === 'scheduled' && at <= ctx.now
  const paused = isDue(pause.pause_at, pause.status.type)
    ? attempt(() => pauseSubscription(ctx, ctx.tables.subscription.need(id), orderOf(pause)).status === 'paused')
    : pause.status
  const resumed =
    resume && isDue(resume.resume_at, resume.status.type) ? attempt(() => start(ctx, id, resume)) : resume?.status
  return ctx.tables.subscription_schedule.patch(schedule.id, {
    pause_schedules: [
      {
        ...entry,
        pause: { ...pause, status: paused },
        resume: resume && resumed ? { ...resume, status: resumed } : null,
      },
    ],
  })
}

function attempt(work: () => boolean): { type: 'error' | 'pending' | 'succeeded'; error?: { message: string } } {
  try {
    return { type: work() ? 'succeeded' : 'pending' }
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    return { type: 'error', error: { message: error.message } }
  }
}

/** The words of a schedule in those of the endpoint. */
function orderOf({ settings }: PauseSchedule['pause']): PauseOrder {
  const word = (type: string | undefined): { type: string } => ({ type: !type || type === 'pause_at' ? 'now' : type })
  return {
    bill_for: {
      outstanding_usage_through: word(settings?.bill_for.outstanding_usage_through.type),
      unused_time_from: word(settings?.bill_for.unused_time_from.type),
    },
    bySchedule: true,
    invoicing_behavior: settings?.invoicing_behavior,
  }
}

function start(ctx: Context, id: string, { settings }: NonNullable<PauseSchedule['resume']>): boolean {
  const { billing_cycle_anchor, payment_behavior, proration_behavior } = settings
  const anchor = { type: billing_cycle_anchor === 'unchanged' ? 'unchanged' : 'now' }
  const order = { billing_cycle_anchor: anchor, payment_behavior, proration_behavior }
  return resumeSubscription(ctx, ctx.tables.subscription.need(id), order).status !== 'paused'
}
