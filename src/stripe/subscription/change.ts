import { priceAmount } from '../billing/pricing.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { foreseeFailure, noMethodMessage } from '../invoicing/collect.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { pendingItems } from '../invoicing/items.ts'
import type { LineSpec } from '../invoicing/line.ts'
import type { Given } from '../wire.ts'
import { addInvoiceItems } from './add-invoice-items.ts'
import { billSubscription } from './billing.ts'
import { applyChanges, changesRhythm, type ItemChange, readChanges } from './change-items.ts'
import { methodOf, paymentRefused, settleNow } from './first-invoice.ts'
import { type ItemInput, termsIn } from './item.ts'
import { freeSpec, periodSpecs, usageSpecs } from './lines.ts'
import { keepPendingUpdate } from './pending-update.ts'
import { creditUnused } from './proration.ts'
import { changeSubscription, itemsOf, nextEnd, type Subscription } from './record.ts'
import { currentPeriod, needFutureTrial } from './schedule-of.ts'
import { restoreState, takeState } from './state.ts'
import { setTimers } from './timers.ts'

/** The part of an update that has to do with money. */
export interface ChangeOrder {
  add_invoice_items?: unknown
  billing_cycle_anchor?: 'now' | 'unchanged' | undefined
  items?: readonly ItemInput[] | undefined
  off_session?: boolean | undefined
  payment_behavior?: string | undefined
  proration_behavior?: string | undefined
  proration_date?: number | undefined
  /** Added items begin with the renewal that is due now. */
  renewsNow?: boolean
  /** `now`, or epoch seconds. */
  trial_end?: string | number | undefined
  /** Fields that change along. */
  fields: Given<Subscription>
}

/**
 * Changes items, trial or anchor: credits what was billed and is not used, bills what is new, at once or with the next invoice. With
 * `pending_if_incomplete` nothing changes until the invoice is paid. Emits `customer.subscription.updated` last.
 * Rules: docs.stripe.com/billing/subscriptions/prorations, …/pending-updates, …/billing-cycle.
 */
export function changeBilling(ctx: Context, subscription: Subscription, order: ChangeOrder): Subscription {
  const changes = readChanges(ctx, subscription, order.items ?? [])
  const plan = planOf(ctx, subscription, changes, order)
  const before = takeState(ctx, subscription.id)
  const failure = foreseen(ctx, subscription, plan, changes, order)
  if (failure && order.payment_behavior === 'error_if_incomplete') throw failure
  const invoice = execute(ctx, subscription, changes, plan, order)
  const isHeldBack = order.payment_behavior === 'pending_if_incomplete' && invoice?.status === 'open'
  if (isHeldBack) return holdBack(ctx, before.subscription, invoice)
  const billed = ctx.tables.subscription.need(subscription.id)
  const status = statusAfter(billed, plan, invoice, order)
  const { discounts, latest_invoice } = billed
  const updated = changeSubscription(ctx, subscription, {
    ...order.fields,
    ...plan.fields,
    ...(order.fields.discounts ? {} : { discounts }),
    ...(subscription.cancel_at_period_end && !('cancel_at' in order.fields) && { cancel_at: nextEnd(ctx, billed.id) }),
    latest_invoice,
    status,
  })
  setTimers(ctx, updated)
  return updated

  function holdBack(context: Context, old: Subscription, open: Invoice): Subscription {
    const wanted = takeState(context, old.id)
    const merged = { ...wanted, subscription: context.tables.subscription.patch(old.id, plan.fields) }
    restoreState(context, before)
    context.tables.subscription.patch(old.id, {
      billing_cycle_anchor: old.billing_cycle_anchor,
      status: old.status,
      trial_end: old.trial_end,
    })
    return keepPendingUpdate(context, old, merged, open.id)
  }
}

interface Plan {
  /** All periods begin anew now. */
  isReset: boolean
  /** A trial begins, or goes on until another time. */
  trialUntil: number | null
  prorates: boolean
  billsNow: boolean
  at: number
  fields: Given<Subscription>
}

function planOf(ctx: Context, subscription: Subscription, changes: readonly ItemChange[], order: ChangeOrder): Plan {
  const behaviour = order.proration_behavior ?? 'create_prorations'
  const endsTrial = order.trial_end === 'now' && subscription.status === 'trialing'
  const trialUntil = typeof order.trial_end === 'number' ? order.trial_end : null
  if (trialUntil !== null) needFutureTrial(trialUntil, ctx.now, 'trial_end')
  const isTrial = subscription.status === 'trialing' && !endsTrial
  const isReset =
    trialUntil === null &&
    (endsTrial || order.billing_cycle_anchor === 'now' || (!isTrial && changes.some((change) => changesRhythm(change))))
  const at = order.proration_date ?? ctx.now
  needWithin(ctx, subscription, at)
  return {
    isReset,
    trialUntil,
    prorates: behaviour !== 'none',
    billsNow: isReset || trialUntil !== null || behaviour === 'always_invoice',
    at,
    fields: {
      ...(isReset && { billing_cycle_anchor: ctx.now }),
      ...(endsTrial && { trial_end: ctx.now }),
      ...(trialUntil !== null && {
        billing_cycle_anchor: trialUntil,
        trial_end: trialUntil,
        trial_start: subscription.status === 'trialing' ? subscription.trial_start : ctx.now,
      }),
    },
  }
}

function needWithin(ctx: Context, subscription: Subscription, at: number): void {
  const fits = itemsOf(ctx, subscription.id).some(
    (item) => at >= item.current_period_start && at <= item.current_period_end,
  )
  if (fits || at === ctx.now) return
  throw stripeError(400, undefined, 'Cannot specify a proration date outside of the current period.', 'proration_date')
}

function execute(
  ctx: Context,
  subscription: Subscription,
  changes: readonly ItemChange[],
  plan: Plan,
  order: ChangeOrder,
): Invoice | undefined {
  const fresh = plan.isReset || plan.trialUntil !== null
  const past = fresh ? itemsOf(ctx, subscription.id).flatMap((item) => closePeriod(ctx, subscription, item, plan)) : []
  applyChanges(ctx, subscription, changes, {
    at: plan.at,
    prorates: plan.prorates && !fresh,
    renewsNow: order.renewsNow === true,
  })
  const base = { ...subscription, ...plan.fields } as Subscription
  const lines = fresh ? itemsOf(ctx, subscription.id).flatMap((item) => openPeriod(ctx, base, item, plan)) : []
  const extra = addInvoiceItems(ctx, subscription, order.add_invoice_items)
  const pending = pendingItems(ctx, subscription.customer, subscription.currency, subscription.id)
  const all = [...past, ...extra, ...lines]
  const hasWork = changes.some(({ isRepriced }) => isRepriced) || fresh || extra.length > 0
  if (!hasWork || (!plan.billsNow && extra.length === 0) || (all.length === 0 && pending.length === 0)) return undefined
  const invoice = billSubscription(ctx, subscription, {
    autoAdvance: true,
    lines: all,
    period: { start: ctx.now, end: ctx.now },
    prorationDate: plan.at,
    reason: 'subscription_update',
  })
  const keepsDraft = subscription.pause_collection?.behavior === 'keep_as_draft'
  return keepsDraft ? invoice : settleNow(ctx, invoice, order)
}

/** Ends an item's period before its time: usage is billed, unused time credited. */
function closePeriod(
  ctx: Context,
  subscription: Subscription,
  item: Subscription['items']['data'][number],
  plan: Plan,
) {
  if (plan.prorates) creditUnused(ctx, subscription, item, plan.at)
  if (subscription.status === 'trialing') return []
  const usage = usageSpecs(ctx, subscription, item, { start: item.current_period_start, end: ctx.now })
  return usage.filter(({ amount }) => amount !== 0)
}

function openPeriod(
  ctx: Context,
  subscription: Subscription,
  item: Subscription['items']['data'][number],
  { trialUntil }: Plan,
): LineSpec[] {
  const period =
    trialUntil === null
      ? currentPeriod(subscription.billing_cycle_anchor, item.price, ctx.now).period
      : { start: ctx.now, end: trialUntil }
  const moved = ctx.tables.subscription_item.patch(item.id, {
    current_period_end: period.end,
    current_period_start: period.start,
  })
  if (trialUntil === null) return periodSpecs(ctx, subscription, moved, period)
  return item.price.recurring?.usage_type === 'metered'
    ? []
    : [freeSpec(ctx, subscription, moved, period, 'Trial period')]
}

function statusAfter(
  billed: Subscription,
  plan: Plan,
  invoice: Invoice | undefined,
  { payment_behavior }: ChangeOrder,
): Subscription['status'] {
  if (plan.trialUntil !== null) return 'trialing'
  const isUnpaid = invoice?.status === 'open' && invoice.collection_method === 'charge_automatically'
  if (isUnpaid && payment_behavior === 'default_incomplete') return 'past_due'
  if (isUnpaid && billed.status === 'trialing') return 'past_due'
  return billed.status === 'trialing' && plan.isReset ? 'active' : billed.status
}

/** The failure that a payment of this change would meet; undefined where nothing would have to be paid. */
function foreseen(
  ctx: Context,
  subscription: Subscription,
  plan: Plan,
  changes: readonly ItemChange[],
  { off_session }: ChangeOrder,
) {
  if (!plan.billsNow || plan.trialUntil !== null || !(plan.isReset || costsMore(subscription, changes)))
    return undefined
  const method = methodOf(ctx, subscription)
  if (!method) return stripeError(400, 'resource_missing', noMethodMessage)
  const failure = foreseeFailure(ctx, method, off_session === true)
  return failure === undefined ? undefined : paymentRefused(failure)
}

const costsMore = (subscription: Subscription, changes: readonly ItemChange[]): boolean =>
  changes.reduce((sum, { item, input, kind, price }) => {
    const old = item ? priceAmount(termsIn(item.price, subscription.currency), item.quantity ?? 1) : 0
    if (kind === 'remove') return sum - old
    return sum + priceAmount(termsIn(price, subscription.currency), input.quantity ?? item?.quantity ?? 1) - old
  }, 0) > 0
