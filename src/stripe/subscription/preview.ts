import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { type DiscountInput, makeDiscounts } from '../invoicing/discount.ts'
import { type Invoice, type InvoiceDraft, previewInvoice } from '../invoicing/draft.ts'
import { type AmountInput, readAmounts } from '../invoicing/item-fields.ts'
import { addPendingItem, pendingItems, specOfItem } from '../invoicing/items.ts'
import { clockOf, onClock } from '../invoicing/time.ts'
import { automaticTaxOn, checkAutomaticTax } from '../tax/automatic.ts'
import type { Given, Stored } from '../wire.ts'
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
  automatic_tax?: { enabled: boolean }
  customer_details?: {
    address?: object | null
    shipping?: object | null
    tax_exempt?: string
    tax_ids?: readonly { type: string; value: string }[]
  }
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
    const customer = customerFor(dry, params, subscription)
    const ctx = onClock(dry, clockOf(dry, customer))
    checkAutomaticTax(ctx, params)
    addItems(ctx, params, customer, subscription)
    const adjusted = subscription ? taxed(ctx, discounted(ctx, subscription, params), params) : undefined
    const invoice = adjusted ? ofSubscription(ctx, adjusted, params, events) : ofCustomer(ctx, customer, params, events)
    return { ...invoice, id: invoice.id.startsWith('upcoming') ? invoice.id : `upcoming_${invoice.id}` }
  })
}

/** The customer as the parameters describe it; nobody in particular where they name none. */
function customerFor(ctx: Context, { customer, customer_details: details }: PreviewParams, of?: Subscription): string {
  const id = customer ?? of?.customer
  if (!id && !details) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
  const settings = { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null }
  const known = id
    ? ctx.tables.customer.need(id, 'customer')
    : ctx.tables.customer.create({ balance: 0, invoice_settings: settings, metadata: {}, tax_exempt: 'none' })
  for (const { type, value } of details?.tax_ids ?? []) ctx.tables.tax_id.create({ customer: known.id, type, value })
  const { address, shipping, tax_exempt } = details ?? {}
  ctx.tables.customer.patch(known.id, {
    ...(address !== undefined && { address }),
    ...(shipping !== undefined && { shipping }),
    ...(tax_exempt && { tax_exempt }),
  } as Given<Stored<'customer'>>)
  return known.id
}

const taxed = (ctx: Context, subscription: Subscription, { automatic_tax }: PreviewParams): Subscription =>
  automatic_tax
    ? ctx.tables.subscription.patch(subscription.id, { automatic_tax: automaticTaxOn(automatic_tax.enabled) })
    : subscription

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
    const { automatic_tax, discounts, subscription_details } = params
    createSubscription(
      ctx,
      {
        ...subscription_details,
        ...(automatic_tax && { automatic_tax }),
        customer,
        discounts,
        payment_behavior: 'default_incomplete',
      } as CreateParams,
      { isPreview: true },
    )
    return createdInvoice(events) ?? fail(customer)
  }
  const next = ctx.tables.subscription
    .by('customer', customer)
    .find((each) => isRunning(each) && !each.cancel_at_period_end)
  if (next) return upcomingInvoice(ctx, taxed(ctx, discounted(ctx, next, params), params))
  const currency = params.currency ?? ctx.tables.customer.need(customer).currency ?? 'usd'
  const items = pendingItems(ctx, customer, currency)
  if (items.length === 0) throw noneUpcoming(customer)
  const draft: InvoiceDraft = {
    autoAdvance: false,
    automaticTax: params.automatic_tax?.enabled ?? false,
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
