import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { idsOf } from '../invoicing/discount.ts'
import { createInvoice } from '../invoicing/draft.ts'
import { type CreateParams, createSubscription } from '../subscription/create.ts'
import type { Given } from '../wire.ts'
import { type Quote, quoteLines } from './lines.ts'

/** What an accepted quote becomes: a subscription where something recurs, else a draft invoice. */
export function acceptQuote(ctx: Context, quote: Quote): Given<Quote> {
  if (!quote.customer)
    throw stripeError(400, undefined, 'You must set a customer on the quote before you can accept it.', 'customer')
  const lines = quoteLines(ctx, quote.id)
  if (!lines.some(({ price }) => price?.recurring)) return { invoice: invoiceOf(ctx, quote) }
  const days = quote.subscription_data.trial_period_days
  const subscription = createSubscription(
    ctx,
    {
      add_invoice_items: lines
        .filter(({ price }) => !price?.recurring)
        .map(({ price, quantity }) => ({ price: price!.id, quantity: quantity ?? 1 })),
      automatic_tax: { enabled: quote.automatic_tax.enabled },
      collection_method: quote.collection_method,
      customer: quote.customer,
      default_tax_rates: idsOf(quote.default_tax_rates),
      ...(quote.collection_method === 'send_invoice' && {
        days_until_due: quote.invoice_settings.days_until_due ?? 30,
      }),
      description: quote.subscription_data.description ?? undefined,
      discounts: idsOf(quote.discounts).map((discount) => ({ discount })),
      items: lines
        .filter(({ price }) => price?.recurring)
        .map(({ price, quantity }) => ({
          price: price!.id,
          ...(price!.recurring!.usage_type !== 'metered' && { quantity: quantity ?? 1 }),
        })),
      metadata: quote.subscription_data.metadata ?? {},
      ...(days && { trial_period_days: days }),
    } as CreateParams,
    { asDraft: true },
  )
  return { invoice: subscription.latest_invoice, subscription: subscription.id }
}

function invoiceOf(ctx: Context, quote: Quote): string {
  const invoice = createInvoice(ctx, {
    autoAdvance: false,
    automaticTax: quote.automatic_tax.enabled,
    billing_reason: 'quote_accept',
    collection_method: quote.collection_method,
    currency: quote.currency ?? 'usd',
    customer: quote.customer!,
    defaultTaxRates: idsOf(quote.default_tax_rates),
    discounts: idsOf(quote.discounts),
    fields: {
      due_date:
        quote.collection_method === 'send_invoice'
          ? ctx.now + (quote.invoice_settings.days_until_due ?? 30) * 86_400
          : null,
      parent: { quote_details: { quote: quote.id }, subscription_details: null, type: 'quote_details' },
    },
    lines: quoteLines(ctx, quote.id).map((line) => ({
      amount: line.amount_subtotal,
      currency: line.currency,
      description: line.description,
      discountable: true,
      discounts: [],
      metadata: {},
      parent: null,
      period: { start: ctx.now, end: ctx.now },
      price: line.price?.id ?? null,
      product: line.price?.product,
      quantity: line.quantity,
      subscription: null,
      unit_amount_decimal: line.price?.unit_amount_decimal ?? null,
    })),
    period: { start: ctx.now, end: ctx.now },
  })
  return invoice.id
}
