import { type Context, defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { idsOf, makeDiscounts } from '../invoicing/discount.ts'
import { clockOf, onClock } from '../invoicing/time.ts'
import { acceptQuote } from '../quote/accept.ts'
import { amountsOf, keepLines, listOf, type Quote, quoteLines } from '../quote/lines.ts'
import { type AutomaticTax, automaticTaxFields, automaticTaxOf, checkAutomaticTax } from '../tax/automatic.ts'
import type { Given } from '../wire.ts'

const lifetime = 30 * 86_400

/** draft → open → accepted, or canceled: docs.stripe.com/quotes/overview. */
export const quotes = defineResource({
  object: 'quote',
  indexes: ['customer'],
  events: { update: false },

  create(context) {
    const { params, id } = context
    if (params.customer) context.tables.customer.need(params.customer, 'customer')
    const test_clock = params.test_clock ?? clockOf(context, params.customer)
    const ctx = onClock(context, test_clock)
    const discounts = makeDiscounts(ctx, params.discounts, { customer: params.customer ?? null })
    checkAutomaticTax(ctx, params)
    const enabled = params.automatic_tax?.enabled === true
    const automatic = enabled ? automaticFor(ctx, params.customer, params.line_items) : undefined
    const rules = { automatic, defaultTaxRates: params.default_tax_rates ?? [], discounts }
    const lines = keepLines(ctx, id, params.line_items ?? [], rules)
    const expires_at = params.expires_at ?? ctx.now + lifetime
    ctx.schedule('quote', 'expire', id, expires_at, test_clock)
    return {
      ...amountsOf(lines),
      automatic_tax: quoteTax(enabled, automatic),
      collection_method: params.collection_method ?? 'charge_automatically',
      created: ctx.now,
      default_tax_rates: [...rules.defaultTaxRates],
      discounts,
      expires_at,
      from_quote: params.from_quote
        ? { is_revision: params.from_quote.is_revision ?? false, quote: params.from_quote.quote }
        : null,
      invoice_settings: {
        custom_fields: null,
        days_until_due: params.invoice_settings?.days_until_due ?? null,
        description: null,
        footer: null,
        issuer: { type: 'self' },
      },
      number: null,
      status: 'draft',
      status_transitions: { accepted_at: null, canceled_at: null, finalized_at: null },
      subscription_data: {
        billing_mode: { type: params.subscription_data?.billing_mode?.type ?? 'flexible' },
        description: params.subscription_data?.description ?? null,
        effective_date: null,
        metadata: params.subscription_data?.metadata ?? {},
        trial_period_days: params.subscription_data?.trial_period_days ?? null,
      },
      test_clock,
    }
  },

  update(context) {
    const { object, params } = context
    needStatus(object, ['draft', 'open'], 'update')
    const ctx = onClock(context, object.test_clock)
    if (!params.line_items && params.discounts === undefined && !params.automatic_tax) return undefined
    checkAutomaticTax(ctx, params)
    if (object.status === 'open')
      throw stripeError(
        400,
        undefined,
        'You cannot change the line items of a quote that has been finalized.',
        'line_items',
      )
    const discounts =
      params.discounts === undefined
        ? idsOf(object.discounts)
        : makeDiscounts(ctx, params.discounts, { customer: object.customer })
    const given =
      params.line_items ?? quoteLines(ctx, object.id).map(({ price, quantity }) => ({ price: price!.id, quantity }))
    const enabled = params.automatic_tax?.enabled ?? object.automatic_tax.enabled
    const automatic = enabled ? automaticFor(ctx, object.customer, given) : undefined
    const rules = { automatic, defaultTaxRates: idsOf(object.default_tax_rates), discounts }
    const amounts = amountsOf(keepLines(ctx, object.id, given, rules))
    return { ...amounts, automatic_tax: quoteTax(enabled, automatic), discounts }
  },

  actions: {
    accept(context) {
      const { object } = context
      needStatus(object, ['open'], 'accept')
      const ctx = onClock(context, object.test_clock)
      ctx.unschedule('quote', 'expire', object.id)
      return move(ctx, object, 'accepted', { ...acceptQuote(ctx, object) })
    },

    cancel(context) {
      needStatus(context.object, ['draft', 'open'], 'cancel')
      context.unschedule('quote', 'expire', context.id)
      return move(onClock(context, context.object.test_clock), context.object, 'canceled', {})
    },

    finalize(context) {
      const { object, params } = context
      needStatus(object, ['draft'], 'finalize')
      const ctx = onClock(context, object.test_clock)
      if (quoteLines(ctx, object.id).length === 0)
        throw stripeError(400, undefined, 'You cannot finalize a quote without line items.')
      const number = `QT-${ctx.newSecret(8).toUpperCase()}-0001-1`
      return move(ctx, object, 'finalized', { number, ...(params.expires_at && { expires_at: params.expires_at }) })
    },
  },

  operations: {
    'GET /v1/quotes/{id}/line_items': (ctx) => {
      const quote = ctx.tables.quote.need(ctx.path.id)
      return listOf(quoteLines(ctx, quote.id), `/v1/quotes/${quote.id}/line_items`)
    },
    'GET /v1/quotes/{id}/computed_upfront_line_items': (ctx) => {
      const quote = ctx.tables.quote.need(ctx.path.id)
      return listOf(quoteLines(ctx, quote.id), `/v1/quotes/${quote.id}/computed_upfront_line_items`)
    },
  },

  jobs: {
    expire(ctx) {
      if (ctx.object.status === 'draft' || ctx.object.status === 'open') move(ctx, ctx.object, 'canceled', {})
    },
  },
})

const automaticFor = (ctx: Context, id: string | null | undefined, lines: unknown): AutomaticTax | undefined => {
  const customer = ctx.tables.customer.get(id ?? '')
  const [first] = (lines ?? []) as { price?: string; price_data?: { currency: string } }[]
  const currency = first?.price_data?.currency ?? ctx.tables.price.get(first?.price ?? '')?.currency ?? 'usd'
  return customer && automaticTaxOf(ctx, customer, currency)
}

function quoteTax(isOn: boolean, automatic: AutomaticTax | undefined): Given<Quote>['automatic_tax'] {
  const { enabled, liability, provider, status } = automaticTaxFields(isOn, automatic)!
  return { enabled, liability, provider, status }
}

function needStatus(quote: Quote, allowed: string[], what: string): void {
  if (allowed.includes(quote.status)) return
  throw stripeError(
    400,
    undefined,
    `You cannot ${what} a quote with status \`${quote.status}\`. It must be ${allowed.map((each) => `\`${each}\``).join(' or ')}.`,
  )
}

function move(ctx: Context, quote: Quote, to: 'accepted' | 'canceled' | 'finalized', fields: Given<Quote>): Quote {
  const moved = ctx.tables.quote.patch(quote.id, {
    ...fields,
    status: to === 'finalized' ? 'open' : to,
    status_transitions: { ...quote.status_transitions, [`${to}_at`]: ctx.now },
  })
  ctx.emit(`quote.${to}`, moved)
  return moved
}
