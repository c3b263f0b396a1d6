import type { Context } from '../define.ts'
import { refreshEntitlements } from '../entitlement/active.ts'
import { stripeError } from '../error.ts'
import { announceDiscounts, makeDiscounts, needMinimum, unmakeDiscounts } from '../invoicing/discount.ts'
import type { LineSpec } from '../invoicing/line.ts'
import { taxRates } from '../invoicing/tax.ts'
import { clockOf, onClock } from '../invoicing/time.ts'
import { automaticTaxOn, checkAutomaticTax, needLocation } from '../tax/automatic.ts'
import type { CreateParamsOf, Given, Stored } from '../wire.ts'
import { addInvoiceItems } from './add-invoice-items.ts'
import { cancellation } from './cancel-at.ts'
import { billFirst, refuseUnpayable } from './first-invoice.ts'
import { type ItemInput, maximumItems, newItem, readPrice } from './item.ts'
import { freeSpec, periodSpecs } from './lines.ts'
import { readPendingInterval } from './pending-interval.ts'
import { embedItems, type Item, isEnded, itemsOf, type Price, type Subscription, whileCreating } from './record.ts'
import { checkMethodOwner, needCurrency, needDistinct, needSameInterval } from './rules.ts'
import { currentPeriod, readTiming, type Timing } from './schedule-of.ts'
import { readThresholds } from './threshold.ts'
import { setTimers } from './timers.ts'

export type CreateParams = CreateParamsOf<'subscription'>

export interface CreateOrder {
  /** The id it will have. */
  id?: string
  /** A payment intent that has paid the first invoice already (a checkout). */
  paidBy?: string
  schedule?: string
  /** Drafts wait for their hour instead of being final at once. */
  asDraft?: boolean
  /** Only looked at: what cannot be found out yet is left open. */
  isPreview?: boolean
}

/**
 * Starts a subscription: items, first invoice, payment as `payment_behavior` says. Emits `customer.subscription.created` last, after
 * what happened to the first invoice. Rules: docs.stripe.com/billing/subscriptions/overview.
 */
export function createSubscription(context: Context, params: CreateParams, order: CreateOrder = {}): Subscription {
  const customer = needCustomer(context, params.customer)
  const ctx = onClock(context, clockOf(context, customer.id))
  const { inputs, prices } = readItems(ctx, params.items)
  const currency = readCurrency(ctx, params.currency, prices, customer)
  const isFlexible = isFlexibleMode(ctx, params)
  if (!isFlexible) needSameInterval(prices)
  checkMethodOwner(ctx, params.default_payment_method, customer.id)
  checkCollection(params)
  checkAutomaticTax(ctx, params)
  if (params.automatic_tax?.enabled && !order.isPreview) needLocation(ctx, customer)
  const timing = readTiming(params as Parameters<typeof readTiming>[0], prices, ctx.now)
  const id = order.id ?? ctx.newId('subscription')
  const discounts = makeDiscounts(ctx, params.discounts, { customer: customer.id, subscription: id })
  const created = whileCreating(ctx, id, () => {
    const fields = startFields(ctx, params, { id, currency, discounts, isFlexible, timing })
    const bare = ctx.tables.subscription.create({ ...fields, schedule: order.schedule ?? null })
    for (const [index, input] of inputs.entries()) addItem(ctx, bare, input, prices[index]!, timing, `items[${index}]`)
    const ending = cancellation(ctx, bare, params.cancel_at_period_end ? { cancel_at_period_end: true } : params)
    const subscription = ctx.tables.subscription.patch(id, { ...ending, items: embedItems(ctx, id) })
    const lines = [
      ...addInvoiceItems(ctx, subscription, params.add_invoice_items),
      ...firstLines(ctx, subscription, timing, params.proration_behavior),
    ]
    try {
      const total = lines.reduce((sum, { amount }) => sum + amount, 0)
      needMinimum(ctx, discounts, total, currency)
      if (!order.paidBy && !order.asDraft) refuseUnpayable(ctx, subscription, lines, params)
    } catch (error) {
      undo(ctx, id, discounts)
      throw error
    }
    return billFirst(ctx, subscription, lines, params, order)
  })
  if (!customer.currency) ctx.tables.customer.patch(customer.id, { currency })
  announceDiscounts(ctx, discounts)
  const subscription = ctx.tables.subscription.need(created.id)
  ctx.emit('customer.subscription.created', subscription)
  setTimers(ctx, subscription)
  refreshEntitlements(ctx, customer.id)
  return subscription
}

function needCustomer(ctx: Context, id: string | undefined): Stored<'customer'> {
  if (id === undefined) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
  return ctx.tables.customer.need(id, 'customer')
}

function readItems(ctx: Context, given: unknown): { inputs: ItemInput[]; prices: Price[] } {
  const inputs = (given ?? []) as ItemInput[]
  if (inputs.length === 0) throw stripeError(400, 'parameter_missing', 'Missing required param: items.', 'items')
  if (inputs.length > maximumItems)
    throw stripeError(400, undefined, `You may have at most ${maximumItems} subscription items.`, 'items')
  const prices = inputs.map((input, index) => {
    const price = readPrice(ctx, input, `items[${index}]`)
    if (price) return price
    throw stripeError(
      400,
      'parameter_missing',
      `Missing required param: items[${index}][price].`,
      `items[${index}][price]`,
    )
  })
  needDistinct(prices)
  return { inputs, prices }
}

function readCurrency(
  ctx: Context,
  given: string | undefined,
  prices: readonly Price[],
  customer: Stored<'customer'>,
): string {
  const currency = given?.toLowerCase() ?? prices[0]!.currency
  for (const [index, price] of prices.entries()) needCurrency(price, currency, `items[${index}][price]`)
  const running = ctx.tables.subscription.by('customer', customer.id).find((each) => !isEnded(each))
  if (running && running.currency !== currency)
    throw stripeError(
      400,
      undefined,
      `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${running.currency}`,
    )
  return currency
}

/** Since 2025-09-30 subscriptions are flexible unless told otherwise. */
function isFlexibleMode(ctx: Context, params: CreateParams): boolean {
  if (params.billing_mode) return params.billing_mode.type === 'flexible'
  return ctx.request.id === null || ctx.request.apiVersion >= '2025-09-30'
}

function checkCollection(params: CreateParams): void {
  if (params.payment_behavior === 'pending_if_incomplete')
    throw stripeError(
      400,
      undefined,
      '`payment_behavior=pending_if_incomplete` is only supported when updating a subscription.',
      'payment_behavior',
    )
  if (params.collection_method === 'send_invoice' && params.days_until_due === undefined)
    throw stripeError(
      400,
      'parameter_missing',
      'Missing required param: days_until_due. It is required when `collection_method` is `send_invoice`.',
      'days_until_due',
    )
  if (params.collection_method !== 'send_invoice' && params.days_until_due !== undefined)
    throw stripeError(
      400,
      undefined,
      '`days_until_due` can only be set when `collection_method` is `send_invoice`.',
      'days_until_due',
    )
}

interface Start {
  id: string
  currency: string
  discounts: string[]
  isFlexible: boolean
  timing: Timing
}

function startFields(ctx: Context, params: CreateParams, start: Start): Given<Subscription> {
  const { trialEnd, anchor } = start.timing
  return {
    id: start.id,
    application_fee_percent: params.application_fee_percent ?? null,
    automatic_tax: automaticTaxOn(params.automatic_tax?.enabled === true),
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config:
      params.billing_cycle_anchor_config as Given<Subscription>['billing_cycle_anchor_config'],
    billing_mode: start.isFlexible
      ? {
          flexible: { proration_discounts: params.billing_mode?.flexible?.proration_discounts ?? 'included' },
          type: 'flexible',
        }
      : { flexible: null, type: 'classic' },
    billing_thresholds: readThresholds(params.billing_thresholds, start.currency),
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: params.collection_method ?? 'charge_automatically',
    created: ctx.now,
    currency: start.currency,
    customer: params.customer,
    days_until_due: params.days_until_due ?? null,
    default_payment_method: params.default_payment_method ?? null,
    default_source: params.default_source ?? null,
    default_tax_rates: taxRates(ctx, params.default_tax_rates, 'default_tax_rates'),
    description: params.description ?? null,
    discounts: start.discounts,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: params.invoice_settings?.description ?? null,
      footer: params.invoice_settings?.footer ?? null,
      issuer: { type: 'self' },
    },
    metadata: params.metadata ?? {},
    ...readPendingInterval(ctx, params.pending_invoice_item_interval),
    payment_settings: {
      payment_method_options: null,
      payment_method_types: (params.payment_settings?.payment_method_types as string[] | undefined) ?? null,
      save_default_payment_method: params.payment_settings?.save_default_payment_method ?? 'off',
    },
    start_date: start.timing.start,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    test_clock: clockOf(ctx, params.customer),
    trial_end: trialEnd,
    trial_settings: {
      end_behavior: {
        billing_cycle_anchor: params.trial_settings?.end_behavior.billing_cycle_anchor ?? null,
        missing_payment_method: params.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
      },
    },
    trial_start: trialEnd === null ? null : ctx.now,
  }
}

function addItem(
  ctx: Context,
  { id, customer }: Subscription,
  input: ItemInput,
  price: Price,
  { anchor, trialEnd }: Timing,
  param: string,
): Item {
  const period = trialEnd === null ? currentPeriod(anchor, price, ctx.now).period : { start: ctx.now, end: trialEnd }
  return ctx.tables.subscription_item.create(
    newItem(ctx, input, price, { subscription: id, customer, ...period }, param),
  )
}

function firstLines(
  ctx: Context,
  subscription: Subscription,
  { anchor, start, trialEnd }: Timing,
  proration: string | undefined,
): LineSpec[] {
  return itemsOf(ctx, subscription.id).flatMap((item) => {
    const past = start < ctx.now && proration !== 'none' ? backdated(ctx, subscription, item, start) : []
    if (item.price.recurring?.usage_type === 'metered') return past
    if (trialEnd !== null)
      return [...past, freeSpec(ctx, subscription, item, { start: ctx.now, end: trialEnd }, 'Trial period')]
    const { period, whole } = currentPeriod(anchor, item.price, ctx.now)
    if (period !== whole && proration === 'none')
      return [...past, freeSpec(ctx, subscription, item, period, 'Free period')]
    return [...past, ...periodSpecs(ctx, subscription, item, period, whole)]
  })
}

/** The time before now that a backdated subscription is billed for. */
function backdated(ctx: Context, subscription: Subscription, item: Item, from: number): LineSpec[] {
  const lines: LineSpec[] = []
  for (let at = from; at < ctx.now; ) {
    const { whole } = currentPeriod(subscription.billing_cycle_anchor, item.price, at)
    const period = { start: at, end: Math.min(whole.end, ctx.now) }
    lines.push(...periodSpecs(ctx, subscription, item, period, whole))
    at = period.end
  }
  return lines
}

function undo(ctx: Context, id: string, discounts: readonly string[]): void {
  for (const item of itemsOf(ctx, id)) ctx.tables.subscription_item.remove(item.id)
  ctx.tables.subscription.remove(id)
  unmakeDiscounts(ctx, discounts)
}
