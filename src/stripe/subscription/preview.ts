import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { type DiscountInput, makeDiscounts } from '../invoicing/discount.ts'
import { type Invoice, type InvoiceDraft, previewInvoice } from '../invoicing/draft.ts'
import { type AmountInput, readAmounts } from '../invoicing/item-fields.ts'
import { addPendingItem, pendingItems, specOfItem } from '../invoicing/items.ts'
import { clockOf, onClock } from '../invoicing/time.ts'
import { cancelSubscription } from './cancel.ts'
import { type ChangeOrder, changeBilling } from './change.ts'
import { type CreateParams, createSubscription } from './create.ts'
import { upcomingInvoice } from './cycle.ts'
import { type DryEvent, dryRun } from './dry-run.ts'
import { isRunning, type Subscription } from './record.ts'

interface Details {
  billing_cycle_anchor?: unknown
  cancel_now?: boolean
  items?: ChangeOrder['items']
  proration_behavior?: string
  proration_date?: number
  trial_end?: string | number
  [field: string]: unknown
}

export interface PreviewParams {
  currency?: string
  customer?: string
  discounts?: DiscountInput[] | null
  invoice_items?: (AmountInput & { discountable?: boolean; period?: { start: number; end: number } })[]
  schedule?: string
  subscription?: string
  subscription_details?: Details
}

/**
 * The invoice that is coming, or that a change would make: the change is made, its invoice looked at, and everything undone.
 * Rules: docs.stripe.com/api/invoices/create_preview.
 */
export function createPreview(context: Context, given: object): object {
  const params = given as PreviewParams
  return dryRun(context, (dry, events) => {
    const subscription = subscriptionFor(dry, params)
    const customer = params.customer ?? subscription?.customer
    if (!customer) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
    dry.tables.customer.need(customer, 'customer')
    const ctx = onClock(dry, clockOf(dry, customer))
    addItems(ctx, params, customer, subscription)
    const withDiscounts = subscription ? discounted(ctx, subscription, params) : undefined
    const invoice = withDiscounts
      ? ofSubscription(ctx, withDiscounts, params, events)
      : ofCustomer(ctx, customer, params, events)
    return { ...invoice, id: invoice.id.startsWith('upcoming') ? invoice.id : `upcoming_${invoice.id}` }
  })
}

function subscriptionFor(ctx: Context, { schedule, subscription }: PreviewParams): Subscription | undefined {
  if (subscription) return ctx.tables.subscription.need(subscription, 'subscription')
  const scheduled = schedule ? ctx.tables.subscription_schedule.need(schedule, 'schedule').subscription : undefined
  return scheduled ? ctx.tables.subscription.need(scheduled) : undefined
}

function addItems(ctx: Context, params: PreviewParams, customer: string, subscription?: Subscription): void {
  for (const [index, input] of (params.invoice_items ?? []).entries()) {
    const currency = input.currency ?? params.currency ?? subscription?.currency ?? 'usd'
    const amounts = readAmounts(ctx, input, currency)
    if (!amounts)
      throw stripeError(
        400,
        'parameter_missing',
        `Missing required param: invoice_items[${index}][amount].`,
        'invoice_items',
      )
    addPendingItem(ctx, {
      ...amounts,
      customer,
      discountable: input.discountable ?? (amounts.amount ?? 0) >= 0,
      discounts: [],
      invoice: null,
      metadata: {},
      period: input.period ?? { start: ctx.now, end: ctx.now },
      proration: false,
      tax_rates: [],
    })
  }
}

function discounted(ctx: Context, subscription: Subscription, { discounts }: PreviewParams): Subscription {
  if (discounts === undefined) return subscription
  const owner = { customer: subscription.customer, subscription: subscription.id }
  return ctx.tables.subscription.patch(subscription.id, { discounts: makeDiscounts(ctx, discounts, owner) })
}

/** The invoice that a change makes at once, else the one of the next renewal. */
function ofSubscription(
  ctx: Context,
  subscription: Subscription,
  { subscription_details: details = {} }: PreviewParams,
  events: readonly DryEvent[],
): Invoice {
  if (details.cancel_now) {
    cancelSubscription(ctx, subscription, {
      invoiceNow: true,
      prorate: details.proration_behavior !== undefined && details.proration_behavior !== 'none',
    })
    const last = createdInvoice(events)
    if (last) return last
    throw noneUpcoming(subscription.customer)
  }
  if (changesSomething(details)) changeBilling(ctx, subscription, orderOf(details))
  const made = createdInvoice(events)
  if (made) return made
  const current = ctx.tables.subscription.need(subscription.id)
  if (!isRunning(current) || current.cancel_at_period_end) throw noneUpcoming(subscription.customer)
  return upcomingInvoice(ctx, current)
}

const changesSomething = ({ billing_cycle_anchor, items, trial_end }: Details): boolean =>
  items !== undefined || trial_end !== undefined || anchorWord(billing_cycle_anchor) === 'now'

const anchorWord = (given: unknown): 'now' | 'unchanged' | undefined => {
  const word = typeof given === 'object' && given !== null ? (given as { type?: unknown }).type : given
  return word === 'now' || word === 'unchanged' ? word : undefined
}

const orderOf = (details: Details): ChangeOrder => ({
  billing_cycle_anchor: anchorWord(details.billing_cycle_anchor),
  fields: {},
  items: details.items,
  payment_behavior: 'default_incomplete',
  proration_behavior: details.proration_behavior,
  proration_date: details.proration_date,
  trial_end: details.trial_end,
})

/** A new subscription's first invoice, or the customer's waiting items. */
function ofCustomer(ctx: Context, customer: string, params: PreviewParams, events: readonly DryEvent[]): Invoice {
  if (params.subscription_details?.items) {
    createSubscription(ctx, {
      ...params.subscription_details,
      customer,
      discounts: params.discounts,
      payment_behavior: 'default_incomplete',
    } as CreateParams)
    return createdInvoice(events) ?? fail(customer)
  }
  const next = ctx.tables.subscription
    .by('customer', customer)
    .find((each) => isRunning(each) && !each.cancel_at_period_end)
  if (next) return upcomingInvoice(ctx, discounted(ctx, next, params))
  const currency = params.currency ?? ctx.tables.customer.need(customer).currency ?? 'usd'
  const items = pendingItems(ctx, customer, currency)
  if (items.length === 0) throw noneUpcoming(customer)
  const draft: InvoiceDraft = {
    autoAdvance: false,
    billing_reason: 'upcoming',
    collection_method: 'charge_automatically',
    currency,
    customer,
    discounts: makeDiscounts(ctx, params.discounts, { customer }),
    lines: items.map(specOfItem),
    period: { start: ctx.now, end: ctx.now },
  }
  return previewInvoice(ctx, draft)
}

function fail(customer: string): never {
  throw noneUpcoming(customer)
}

const noneUpcoming = (customer: string) =>
  stripeError(404, 'invoice_upcoming_none', `No upcoming invoices for customer: ${customer}`)

const createdInvoice = (events: readonly DryEvent[]): Invoice | undefined =>
  events.filter(({ type }) => type === 'invoice.created').at(-1)?.object as Invoice | undefined
