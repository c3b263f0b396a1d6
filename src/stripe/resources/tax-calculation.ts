import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { readCurrency } from '../payment/money.ts'
import { pageOf } from '../protocol/small-list.ts'
import { judge, taxLine, totalsOf } from '../tax/calculate.ts'
import { placeOf } from '../tax/location.ts'
import { taxOf } from '../tax/rates.ts'

const secondsKept = 90 * 86_400

/** What tax a sale bears, by a simple table of standard rates: docs.stripe.com/tax/custom. */
export const taxCalculations = defineResource({
  object: 'tax.calculation',

  create(ctx) {
    const { id, params, tables } = ctx
    if (params.line_items.length === 0)
      throw stripeError(400, 'parameter_missing', 'Missing required param: line_items.', 'line_items')
    if (!params.customer && !params.customer_details)
      throw stripeError(
        400,
        'parameter_missing',
        'You must provide either `customer` or `customer_details`.',
        'customer_details',
      )
    const customer = params.customer ? tables.customer.need(params.customer, 'customer') : undefined
    const given = params.customer_details
    const address = given?.address ?? customer?.shipping?.address ?? customer?.address
    const place = placeOf(address as Parameters<typeof placeOf>[0])
    const taxability_override = given?.taxability_override ?? 'none'
    const verdict = judge(ctx, place, taxability_override)
    const items = params.line_items.map((line, index) => taxLine(ctx, line, index, place, verdict))
    const shipping = params.shipping_cost?.amount === undefined ? null : shippingOf(params.shipping_cost, verdict)
    const totals = totalsOf(items, shipping)
    return {
      ...totals,
      currency: readCurrency(params.currency),
      customer: customer?.id ?? null,
      customer_details: {
        address: {
          city: null,
          line1: null,
          line2: null,
          postal_code: null,
          state: null,
          ...address,
          country: place.country,
        },
        address_source: given?.address_source ?? null,
        ip_address: given?.ip_address ?? null,
        tax_ids: [],
        taxability_override,
      },
      expires_at: ctx.now + secondsKept,
      line_items: { object: 'list', data: items, has_more: false, url: `/v1/tax/calculations/${id}/line_items` },
      shipping_cost: shipping,
      tax_breakdown: [
        {
          amount: totals.tax_amount_exclusive + totals.tax_amount_inclusive,
          inclusive: totals.tax_amount_inclusive > 0,
          tax_rate_details: {
            country: place.country,
            flat_amount: null,
            percentage_decimal: verdict.rate?.percentage_decimal ?? '0.0',
            rate_type: 'percentage',
            state: place.state,
            tax_type: verdict.rate?.tax_type ?? null,
          },
          taxability_reason: verdict.reason,
          taxable_amount: verdict.rate ? items.reduce((sum, { amount }) => sum + amount, 0) : 0,
        },
      ],
      tax_date: params.tax_date ?? ctx.now,
    }
  },

  operations: {
    'GET /v1/tax/calculations/{id}/line_items'(ctx) {
      const { id, line_items } = ctx.tables['tax.calculation'].need(ctx.path.id)
      return pageOf(line_items?.data ?? [], ctx.params, `/v1/tax/calculations/${id}/line_items`)
    },
  },
})

interface ShippingInput {
  amount?: number | undefined
  tax_behavior?: string | undefined
  tax_code?: string | undefined
}

function shippingOf(cost: ShippingInput, { rate }: ReturnType<typeof judge>) {
  const { amount = 0, tax_code = 'txcd_92010001' } = cost
  const tax_behavior = cost.tax_behavior === 'inclusive' ? ('inclusive' as const) : ('exclusive' as const)
  return { amount, amount_tax: rate ? taxOf(amount, rate, tax_behavior === 'inclusive') : 0, tax_behavior, tax_code }
}
