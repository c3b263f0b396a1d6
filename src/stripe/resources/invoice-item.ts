import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { announceDiscounts, makeDiscounts } from '../invoicing/discount.ts'
import { type AmountInput, readAmounts } from '../invoicing/item-fields.ts'
import { removeItemLine, syncItem } from '../invoicing/item-line.ts'
import { type InvoiceItem, markPending, unmarkPending } from '../invoicing/items.ts'
import { taxRates } from '../invoicing/tax.ts'
import { onClock } from '../invoicing/time.ts'
import { checkThresholds } from '../subscription/threshold.ts'

/** What is billed once: on a draft, or on the customer's next invoice. Rules: docs.stripe.com/api/invoiceitems. */
export const invoiceItems = defineResource({
  object: 'invoiceitem',
  indexes: ['customer', 'invoice'],
  ownFilters: ['pending'],

  list: ({ invoice }, { params }) => params.pending === undefined || (invoice === null) === params.pending,

  create(context) {
    const { params, tables } = context
    const invoice = params.invoice ? tables.invoice.need(params.invoice, 'invoice') : undefined
    const subscription = params.subscription ? tables.subscription.need(params.subscription, 'subscription') : undefined
    const customerId = params.customer ?? invoice?.customer ?? subscription?.customer
    if (!customerId) throw stripeError(400, 'parameter_missing', 'Missing required param: customer.', 'customer')
    const customer = tables.customer.need(customerId, 'customer')
    if (invoice && invoice.status !== 'draft') throw notEditable(invoice.id)
    const ctx = onClock(context, customer.test_clock)
    const currency = (
      params.currency ??
      invoice?.currency ??
      subscription?.currency ??
      customer.currency ??
      'usd'
    ).toLowerCase()
    const amounts = readAmounts(ctx, params as AmountInput, currency)
    if (!amounts) throw stripeError(400, 'parameter_missing', 'Missing required param: amount.', 'amount')
    const discounts = makeDiscounts(ctx, params.discounts, { customer: customerId, invoice_item: context.id })
    const item = context.save({
      ...amounts,
      customer: customerId,
      date: ctx.now,
      discountable: params.discountable ?? amounts.amount! >= 0,
      discounts,
      invoice: invoice?.id ?? null,
      parent: subscription
        ? { subscription_details: { subscription: subscription.id }, type: 'subscription_details' }
        : null,
      period: params.period ?? { start: ctx.now, end: ctx.now },
      proration: false,
      tax_rates: taxRates(ctx, params.tax_rates, 'tax_rates'),
      test_clock: customer.test_clock ?? null,
    } as Partial<InvoiceItem>)
    announceDiscounts(ctx, [])
    if (!customer.currency) tables.customer.patch(customerId, { currency: item.currency })
    if (invoice) syncItem(ctx, item)
    else markPending(ctx, item)
    if (!invoice) for (const { id } of tables.subscription.by('customer', customerId)) checkThresholds(ctx, id)
    return tables.invoiceitem.need(item.id)
  },

  update(context) {
    const { object, params } = context
    needEditable(context, object)
    const ctx = onClock(context, object.test_clock)
    const quantity = params.quantity ?? undefined
    const amounts = readAmounts(
      ctx,
      { ...pricingOf(object, params as AmountInput), ...(params as AmountInput), quantity },
      object.currency,
    )
    const item = context.save({
      ...amounts,
      ...(params.description !== undefined && { description: params.description }),
      ...(params.discountable !== undefined && { discountable: params.discountable }),
      ...(params.discounts !== undefined && {
        discounts: makeDiscounts(ctx, params.discounts, { customer: object.customer, invoice_item: object.id }),
      }),
      ...(params.period && { period: params.period }),
      ...(params.tax_rates !== undefined && { tax_rates: taxRates(ctx, params.tax_rates, 'tax_rates') }),
    } as Partial<InvoiceItem>)
    if (item.invoice) syncItem(ctx, item)
    return item
  },

  remove(ctx) {
    needEditable(ctx, ctx.object)
    if (ctx.object.invoice) removeItemLine(ctx, ctx.object)
    unmarkPending(ctx, ctx.object)
  },
})

/** A new quantity keeps the price. */
const pricingOf = (item: InvoiceItem, params: AmountInput): AmountInput => {
  if (params.quantity === undefined || params.pricing || params.price_data || params.unit_amount_decimal) return {}
  const price = item.pricing?.price_details?.price
  return price ? { pricing: { price } } : { unit_amount_decimal: item.pricing?.unit_amount_decimal ?? '0' }
}

function needEditable(ctx: Context, { invoice }: InvoiceItem): void {
  if (invoice && ctx.tables.invoice.get(invoice)?.status !== 'draft') throw notEditable(invoice)
}

const notEditable = (invoice: string) =>
  stripeError(400, 'invoice_not_editable', `Invoice ${invoice} is no longer editable`, 'invoice')
