import { checkIntervals } from '../billing/interval-count.ts'
import { addIntervals } from '../billing/period.ts'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { taxRates } from '../invoicing/tax.ts'
import { makePrice, type PriceInput } from '../payment/price.ts'
import { type ItemInput, readPrice } from '../subscription/item.ts'
import { itemsOf, type Subscription } from '../subscription/record.ts'
import { automaticTaxOn } from '../tax/automatic.ts'
import type { CreateParamsOf, Given, Stored } from '../wire.ts'

export type Schedule = Stored<'subscription_schedule'>
export type Phase = Schedule['phases'][number]
export type PhaseInput = NonNullable<CreateParamsOf<'subscription_schedule'>['phases']>[number]

/** Phases with their times: each begins where the one before ends; without an end a phase lasts one interval of its first price. */
export function readPhases(ctx: Context, inputs: readonly PhaseInput[], start: number): Given<Phase>[] {
  if (inputs.length === 0) throw stripeError(400, 'parameter_missing', 'Missing required param: phases.', 'phases')
  let from = start
  return inputs.map((input, index) => {
    const phase = readPhase(ctx, input, from, index)
    from = phase.end_date!
    return phase
  })
}

function readPhase(ctx: Context, input: PhaseInput, start: number, index: number): Given<Phase> {
  const param = `phases[${index}]`
  const items = (input.items as ItemInput[]).map((item, at) => readItem(ctx, item, `${param}[items][${at}]`))
  const first = items[0]
  if (!first) throw stripeError(400, 'parameter_missing', `Missing required param: ${param}[items].`, `${param}[items]`)
  const price = ctx.tables.price.need(first.price)
  const end = endOf(input, start, price.recurring ?? { interval: 'month', interval_count: 1 })
  if (end <= start)
    throw stripeError(400, undefined, 'The end date of a phase must be after its start date.', `${param}[end_date]`)
  return {
    add_invoice_items: (
      (input.add_invoice_items ?? []) as { price?: string; price_data?: unknown; quantity?: number }[]
    ).map((each) => ({
      discountable: true,
      discounts: [],
      metadata: {},
      period: { end: { type: 'phase_end' }, start: { type: 'phase_start' } },
      price: each.price ?? makePrice(ctx, each.price_data as PriceInput).id,
      quantity: each.quantity ?? 1,
    })),
    ...(input.automatic_tax && { automatic_tax: automaticTaxOn(input.automatic_tax.enabled) }),
    billing_cycle_anchor: input.billing_cycle_anchor ?? null,
    collection_method: input.collection_method ?? null,
    currency: input.currency ?? price.currency,
    default_payment_method: input.default_payment_method ?? null,
    default_tax_rates: taxRates(ctx, input.default_tax_rates, `${param}[default_tax_rates]`),
    description: input.description ?? null,
    discounts: (input.discounts ?? []).map(({ coupon, discount, promotion_code }) => ({
      coupon: coupon ?? null,
      discount: discount ?? null,
      promotion_code: promotion_code ?? null,
    })),
    end_date: end,
    items,
    metadata: input.metadata ?? {},
    proration_behavior: input.proration_behavior ?? 'create_prorations',
    start_date: start,
    trial_end: input.trial ? end : (input.trial_end ?? null),
  }
}

function endOf(
  { duration, end_date, iterations = 1 }: PhaseInput & { iterations?: string | number },
  start: number,
  recurring: { interval: string; interval_count: number },
): number {
  if (end_date !== undefined) return end_date
  if (duration) {
    const count = checkIntervals(duration.interval, duration.interval_count ?? 1, 'phases[duration][interval_count]')
    return addIntervals(start, duration.interval, count)
  }
  // `iterations` is how versions before 2025-09-30 say how long a phase lasts.
  const count = Number(iterations)
  if (!Number.isInteger(count) || count < 1 || count > 1000)
    throw stripeError(400, 'parameter_invalid_integer', `Invalid integer: ${iterations}`, 'phases[iterations]')
  return addIntervals(start, recurring.interval, recurring.interval_count * count)
}

function readItem(ctx: Context, input: ItemInput, param: string): Given<Phase['items'][number]> & { price: string } {
  const price = readPrice(ctx, input, param)
  if (!price) throw stripeError(400, 'parameter_missing', `Missing required param: ${param}[price].`, `${param}[price]`)
  return {
    discounts: [],
    metadata: input.metadata ?? {},
    plan: price.id,
    price: price.id,
    quantity: price.recurring?.usage_type === 'metered' ? undefined : (input.quantity ?? 1),
    tax_rates: taxRates(ctx, input.tax_rates, `${param}[tax_rates]`),
  }
}

/** What a subscription is now, as a phase that lasts until the end of its period. */
export function phaseOf(ctx: Context, subscription: Subscription): Given<Phase> {
  const items = itemsOf(ctx, subscription.id)
  return {
    add_invoice_items: [],
    billing_cycle_anchor: null,
    collection_method: null,
    currency: subscription.currency,
    default_payment_method: null,
    description: null,
    discounts: [],
    end_date: Math.min(...items.map(({ current_period_end }) => current_period_end)),
    items: items.map(({ metadata, price, quantity, tax_rates }) => ({
      discounts: [],
      metadata,
      plan: price.id,
      price: price.id,
      quantity,
      tax_rates: tax_rates ?? [],
    })),
    metadata: {},
    proration_behavior: 'create_prorations',
    start_date: Math.min(...items.map(({ current_period_start }) => current_period_start)),
    trial_end: subscription.trial_end,
  }
}

/** The phase of a moment; undefined before the first and after the last. */
export const phaseAt = (schedule: Schedule, time: number): Phase | undefined =>
  schedule.phases.find(({ start_date, end_date }) => start_date <= time && time < end_date)
