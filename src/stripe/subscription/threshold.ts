import { parseDecimal } from '../billing/decimal.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { previewInvoice } from '../invoicing/draft.ts'
import type { LineSpec } from '../invoicing/line.ts'
import { minimumCharge } from '../payment/money.ts'
import type { Given } from '../wire.ts'
import { billedUsage, noteBilledUsage } from './billed-usage.ts'
import { billSubscription, draftOf } from './billing.ts'
import { isMetered } from './item.ts'
import { periodSpecs, usageOf, usageSpecs } from './lines.ts'
import { creditUnused } from './proration.ts'
import { changeSubscription, type Item, itemsOf, nextEnd, type Price, type Subscription } from './record.ts'
import { currentPeriod } from './schedule-of.ts'
import { setTimers } from './timers.ts'

const day = 86_400

interface AmountInput {
  amount_gte?: number | undefined
  reset_billing_cycle_anchor?: boolean | undefined
}

/** The thresholds of a subscription as parameters give them; null takes them away. */
export function readThresholds(
  given: AmountInput | null | undefined,
  currency: string,
): Given<Subscription>['billing_thresholds'] {
  if (!given) return null
  const { amount_gte = null, reset_billing_cycle_anchor = null } = given
  const least = Math.max(1, minimumCharge(currency))
  if (amount_gte !== null && amount_gte < least)
    throw stripeError(
      400,
      'parameter_invalid_integer',
      `This value must be greater than or equal to ${least}.`,
      'billing_thresholds[amount_gte]',
    )
  return { amount_gte, reset_billing_cycle_anchor }
}

/** The threshold of an item: only what is metered can reach one. */
export function readUsageThreshold(
  given: { usage_gte: number } | null | undefined,
  price: Price,
  param: string,
): Given<Item>['billing_thresholds'] {
  if (!given) return null
  if (isMetered(price)) return { usage_gte: given.usage_gte }
  throw stripeError(
    400,
    undefined,
    'Usage thresholds can only be set on items whose price is metered.',
    `${param}[billing_thresholds]`,
  )
}

/**
 * Bills what was used when it has reached a threshold: never in a trial, nor in the last day of a period. Emits `invoice.created` and
 * `customer.subscription.updated`. Rules: docs.stripe.com/billing/subscriptions/usage-based/thresholds.
 */
export function checkThresholds(ctx: Context, id: string): void {
  const subscription = ctx.tables.subscription.need(id)
  const items = itemsOf(ctx, id)
  const amount_gte = subscription.billing_thresholds?.amount_gte ?? null
  if (amount_gte === null && !items.some((item) => item.billing_thresholds?.usage_gte)) return
  const isOpen = subscription.status === 'active' || subscription.status === 'past_due'
  if (!isOpen || nextEnd(ctx, id) - ctx.now < day) return
  const lines = items.flatMap((item) => accrued(ctx, subscription, item))
  const isAmountReached = amount_gte !== null && accruedAmount(ctx, subscription, lines) >= amount_gte
  const reached = items.filter((item) => isUsageReached(ctx, subscription, item))
  if (!isAmountReached && reached.length === 0) return
  bill(ctx, subscription, lines, {
    amount_gte: isAmountReached ? amount_gte : null,
    item_reasons: reached.map(({ billing_thresholds, id: item }) => ({
      line_item_ids: lines.filter((line) => itemOf(line) === item).map((line) => line.id!),
      usage_gte: billing_thresholds?.usage_gte ?? 0,
    })),
  })
}

const itemOf = ({ parent }: LineSpec): string | undefined => parent?.subscription_item_details?.subscription_item

/** What was used up to now, the present second included, and not billed. */
const accrued = (ctx: Context, subscription: Subscription, item: Item): LineSpec[] =>
  usageSpecs(ctx, subscription, item, { start: item.current_period_start, end: ctx.now }, ctx.now + 1)
    .filter(({ amount, quantity }) => amount !== 0 || quantity !== 0)
    .map((line) => ({ ...line, id: ctx.newId('line_item') }))

function accruedAmount(ctx: Context, subscription: Subscription, lines: readonly LineSpec[]): number {
  const period = { start: ctx.now, end: ctx.now }
  const { draft } = draftOf(ctx, subscription, { autoAdvance: false, lines, period, reason: 'subscription_threshold' })
  return previewInvoice(ctx, draft).total_excluding_tax ?? 0
}

function isUsageReached(ctx: Context, subscription: Subscription, item: Item): boolean {
  const { billing_thresholds, current_period_start, id } = item
  if (!billing_thresholds?.usage_gte) return false
  const used = parseDecimal(usageOf(ctx, subscription, item, current_period_start, ctx.now + 1))
  const billed = parseDecimal(billedUsage(ctx, id, current_period_start)?.used ?? 0)
  return used - billed >= parseDecimal(billing_thresholds.usage_gte)
}

function bill(
  ctx: Context,
  subscription: Subscription,
  usage: readonly LineSpec[],
  threshold_reason: { amount_gte: number | null; item_reasons: { line_item_ids: string[]; usage_gte: number }[] },
): void {
  const items = itemsOf(ctx, subscription.id)
  for (const item of items) {
    const start = item.current_period_start
    const used = usageOf(ctx, subscription, item, start, ctx.now + 1)
    noteBilledUsage(ctx, item.id, { start, at: ctx.now, used })
  }
  const resets = subscription.billing_thresholds?.reset_billing_cycle_anchor === true
  const moved = { ...subscription, ...(resets && { billing_cycle_anchor: ctx.now }) }
  const lines = resets ? items.flatMap((item) => beginAnew(ctx, moved, item)) : []
  billSubscription(ctx, subscription, {
    autoAdvance: true,
    fields: { threshold_reason },
    lines: [...usage, ...lines],
    period: { start: Math.min(...items.map((item) => item.current_period_start)), end: ctx.now },
    reason: 'subscription_threshold',
  })
  const { discounts, latest_invoice } = ctx.tables.subscription.need(subscription.id)
  const { billing_cycle_anchor } = moved
  setTimers(ctx, changeSubscription(ctx, subscription, { billing_cycle_anchor, discounts, latest_invoice }))
}

/** A period that begins now; what was used in this very second is billed already. */
function beginAnew(ctx: Context, subscription: Subscription, item: Item): LineSpec[] {
  creditUnused(ctx, subscription, item, ctx.now)
  const { period } = currentPeriod(ctx.now, item.price, ctx.now)
  const moved = ctx.tables.subscription_item.patch(item.id, {
    current_period_end: period.end,
    current_period_start: period.start,
  })
  const used = usageOf(ctx, subscription, item, ctx.now, ctx.now + 1)
  noteBilledUsage(ctx, item.id, { start: ctx.now, at: ctx.now, used })
  return periodSpecs(ctx, subscription, moved, period)
}
