import { defineResource } from '../define.ts'
import { onClock } from '../invoicing/time.ts'
import { voidInvoice } from '../invoicing/void.ts'
import { cancelSubscription } from '../subscription/cancel.ts'
import { createSubscription } from '../subscription/create.ts'
import { cancelAtEnd, renewSubscription, upcomingInvoice } from '../subscription/cycle.ts'
import { pauseSubscription, resumeSubscription } from '../subscription/pause.ts'
import { billPending } from '../subscription/pending-interval.ts'
import { expirePendingUpdate } from '../subscription/pending-update.ts'
import { changeSubscription, isRunning } from '../subscription/record.ts'
import { removeDiscounts } from '../subscription/remove-discount.ts'
import { clearTimers, noteTrialNotice } from '../subscription/timers.ts'
import { updateSubscription } from '../subscription/update.ts'

/** The life of docs.stripe.com/billing/subscriptions/overview; its parts are in src/stripe/subscription. */
export const subscriptions = defineResource({
  object: 'subscription',
  indexes: ['customer', 'test_clock'],
  events: { create: false, update: false },
  ownFilters: ['status', 'price', 'plan', 'current_period_start', 'current_period_end'],

  list({ items, status }, { params }) {
    const wanted = params.price ?? params.plan
    if (wanted !== undefined && !items.data.some(({ price }) => price.id === wanted)) return false
    if (params.status === 'all') return true
    if (params.status === 'ended') return status === 'canceled' || status === 'incomplete_expired'
    return params.status === undefined ? status !== 'canceled' : status === params.status
  },

  create: (ctx) => createSubscription(ctx, ctx.params, { id: ctx.id }),

  update: (ctx) => updateSubscription(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params),

  remove(ctx) {
    const { cancellation_details, invoice_now, prorate } = ctx.params
    cancelSubscription(onClock(ctx, ctx.object.test_clock), ctx.object, {
      details: (cancellation_details ?? {}) as object,
      invoiceNow: invoice_now === true,
      prorate: prorate === true,
    })
  },

  actions: {
    pause: (ctx) => pauseSubscription(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params),
    resume: (ctx) => resumeSubscription(onClock(ctx, ctx.object.test_clock), ctx.object, ctx.params),
    migrate(ctx) {
      const clocked = onClock(ctx, ctx.object.test_clock)
      const proration_discounts = ctx.params.billing_mode.flexible?.proration_discounts ?? 'included'
      return changeSubscription(clocked, ctx.object, {
        billing_mode: { flexible: { proration_discounts }, type: 'flexible', updated_at: clocked.now },
      })
    },
  },

  operations: {
    'DELETE /v1/subscriptions/{id}/discount': (ctx) => removeDiscounts(ctx, ctx.path.id ?? ''),
  },

  jobs: {
    cycle: (ctx) => renewSubscription(ctx, ctx.object),

    cancel(ctx) {
      if (isRunning(ctx.object)) cancelAtEnd(ctx, ctx.object)
    },

    upcoming(ctx) {
      if (isRunning(ctx.object) && !ctx.object.cancel_at_period_end)
        ctx.emit('invoice.upcoming', upcomingInvoice(ctx, ctx.object))
    },

    trialWillEnd(ctx) {
      if (ctx.object.status !== 'trialing') return
      noteTrialNotice(ctx, ctx.object)
      ctx.emit('customer.subscription.trial_will_end', ctx.object)
    },

    expire(ctx) {
      if (ctx.object.status !== 'incomplete') return
      clearTimers(ctx, ctx.id)
      const invoice = ctx.tables.invoice.get(ctx.object.latest_invoice ?? '')
      if (invoice?.status === 'open') voidInvoice(ctx, invoice)
      changeSubscription(ctx, ctx.object, { ended_at: ctx.now, status: 'incomplete_expired' })
    },

    billPending(ctx) {
      if (isRunning(ctx.object)) billPending(ctx, ctx.object)
    },

    expireUpdate: (ctx) => expirePendingUpdate(ctx, ctx.object),

    resumeCollection(ctx) {
      if (isRunning(ctx.object)) changeSubscription(ctx, ctx.object, { pause_collection: null })
    },
  },
})
