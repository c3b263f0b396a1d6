import type { Context } from '../define.ts'
import { isRunning, nextEnd, type Subscription } from './record.ts'

const day = 86_400
/** `customer.subscription.trial_will_end` comes three days before, `invoice.upcoming` seven. */
const noticeOfTrial = 3 * day
const noticeOfInvoice = 7 * day
/** How long a first invoice may stay unpaid. Source: docs.stripe.com/billing/subscriptions/overview. */
export const incompleteLifetime = 23 * 3600

const jobs = ['cycle', 'cancel', 'upcoming', 'trialWillEnd', 'expire', 'resumeCollection', 'billPending'] as const

/** Sets what the clock has to do for a subscription, from how it is now; earlier settings are replaced. */
export function setTimers(ctx: Context, subscription: Subscription): void {
  const { id, test_clock } = subscription
  for (const job of jobs) ctx.unschedule('subscription', job, id)
  const at = (job: (typeof jobs)[number], time: number) => ctx.schedule('subscription', job, id, time, test_clock)
  if (subscription.status === 'incomplete') at('expire', subscription.created + incompleteLifetime)
  if (!isRunning(subscription)) return
  if (subscription.cancel_at !== null) at('cancel', Math.max(subscription.cancel_at, ctx.now))
  const end = nextEnd(ctx, id)
  at('cycle', end)
  if (end - noticeOfInvoice > ctx.now) at('upcoming', end - noticeOfInvoice)
  if (subscription.status === 'trialing' && subscription.trial_end !== null)
    setTrialNotice(ctx, subscription, subscription.trial_end)
  const pendingAt = subscription.next_pending_invoice_item_invoice
  if (pendingAt) at('billPending', pendingAt)
  const resumesAt = subscription.pause_collection?.resumes_at
  if (resumesAt) at('resumeCollection', resumesAt)
}

export function clearTimers(ctx: Context, id: string): void {
  for (const job of jobs) ctx.unschedule('subscription', job, id)
}

const noticeKey = (id: string, trialEnd: number) => `trial notice of ${id} at ${trialEnd}`

/** A trial that is shorter than the notice is announced at once, every trial once. */
function setTrialNotice(ctx: Context, { id, test_clock }: Subscription, trialEnd: number): void {
  if (ctx.account.memory.has(noticeKey(id, trialEnd))) return
  ctx.schedule('subscription', 'trialWillEnd', id, Math.max(ctx.now, trialEnd - noticeOfTrial), test_clock)
}

export const noteTrialNotice = (ctx: Context, { id, trial_end }: Subscription): void =>
  void ctx.account.memory.set(noticeKey(id, trial_end ?? 0), true)
