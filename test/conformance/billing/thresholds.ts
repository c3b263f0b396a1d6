import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { at, day, january, type Shop } from '../../stripe/billing/shop.ts'
import { subscribe } from './lifecycle.ts'
import { type Row, refused, rowsOf } from './rows.ts'

const february = at('2026-02-01T00:00:00Z')

/** A licensed plan of 10.00 a month and tokens at 0.10 each, or in tiers. */
async function metered(shop: Shop, thresholds: object, item: object = {}, price: object = { unit_amount: 10 }) {
  const meter = await shop.stripe.billing.meters.create({
    display_name: 'Tokens',
    event_name: 'tokens',
    default_aggregation: { formula: 'sum' },
  })
  const customer = await shop.customer()
  const plan = await shop.price(1000)
  const usage = await shop.stripe.prices.create({
    currency: 'usd',
    recurring: { interval: 'month', meter: meter.id, usage_type: 'metered' },
    product_data: { name: 'Tokens' },
    ...price,
  } as Stripe.PriceCreateParams)
  const subscription = await shop.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: plan.id }, { price: usage.id, ...item }],
    ...thresholds,
  })
  const clock = customer.test_clock as string
  const use = (value: number, identifier?: string) =>
    shop.stripe.billing.meterEvents.create({
      event_name: 'tokens',
      payload: { stripe_customer_id: customer.id, value: String(value) },
      ...(identifier && { identifier }),
    })
  const invoices = async () => (await shop.stripe.invoices.list({ subscription: subscription.id })).data.reverse()
  return { clock, customer, invoices, subscription, use }
}

const summary = (invoices: Stripe.Invoice[]) => invoices.map(({ billing_reason, total }) => [billing_reason, total])

export const thresholds: Row[] = [
  ...rowsOf('billing/subscriptions/usage-based/thresholds', {
    'usage that reaches the amount is billed at once, the rest at the end of the period': async (shop) => {
      const { clock, invoices, subscription, use } = await metered(shop, { billing_thresholds: { amount_gte: 5000 } })
      assert.deepEqual(subscription.billing_thresholds, { amount_gte: 5000, reset_billing_cycle_anchor: null })
      await shop.advance(clock, january + 5 * day)
      await use(499)
      assert.equal((await invoices()).length, 1)
      await use(11)
      const [, billed] = await invoices()
      assert.deepEqual(
        [billed?.billing_reason, billed?.total, billed?.threshold_reason],
        ['subscription_threshold', 5100, { amount_gte: 5000, item_reasons: [] }],
      )
      await use(20)
      await shop.advance(clock, february + 7200)
      assert.deepEqual(summary(await invoices()), [
        ['subscription_create', 1000],
        ['subscription_threshold', 5100],
        ['subscription_cycle', 1200],
      ])
      const after = await shop.stripe.subscriptions.retrieve(subscription.id)
      assert.equal(after.billing_cycle_anchor, january)
    },
    'an item has a threshold of its own, counted in units; the invoice names its lines': async (shop) => {
      const { clock, invoices, use } = await metered(shop, {}, { billing_thresholds: { usage_gte: 100 } })
      await shop.advance(clock, january + day)
      await use(60)
      await use(60)
      await use(60)
      await use(60)
      const [, first, second] = await invoices()
      assert.deepEqual([first?.total, second?.total], [1200, 1200])
      const reason = first?.threshold_reason?.item_reasons[0]
      assert.equal(reason?.usage_gte, 100)
      assert.deepEqual(
        reason?.line_item_ids,
        first?.lines.data.map(({ id }) => id),
      )
    },
    'tiers go on counting across thresholds': async (shop) => {
      const tiers = [
        { up_to: 100, unit_amount: 10 },
        { up_to: 'inf', unit_amount: 5 },
      ]
      const price = { billing_scheme: 'tiered', tiers_mode: 'graduated', tiers }
      const { clock, invoices, use } = await metered(shop, {}, { billing_thresholds: { usage_gte: 80 } }, price)
      await shop.advance(clock, january + day)
      await use(80)
      await use(80)
      await use(10)
      await shop.advance(clock, february + 7200)
      assert.deepEqual(
        (await invoices()).map(({ total }) => total),
        [1000, 800, 200 + 300, 50 + 1000],
      )
    },
    'the anchor can be reset: a new period begins, unused time is given back': async (shop) => {
      const { clock, invoices, subscription, use } = await metered(shop, {
        billing_thresholds: { amount_gte: 5000, reset_billing_cycle_anchor: true },
      })
      await shop.advance(clock, january + 15.5 * day)
      await use(500)
      const after = await shop.stripe.subscriptions.retrieve(subscription.id)
      assert.equal(after.billing_cycle_anchor, january + 15.5 * day)
      assert.equal(after.items.data[0]?.current_period_start, january + 15.5 * day)
      await shop.advance(clock, january + 16 * day)
      await use(1)
      await shop.advance(clock, at('2026-02-16T14:00:00Z'))
      assert.deepEqual(summary(await invoices()), [
        ['subscription_create', 1000],
        ['subscription_threshold', 5000 - 500 + 1000],
        ['subscription_cycle', 1000 + 10],
      ])
    },
    'thresholds rest in a trial and in the last day of a period': async (shop) => {
      const trial = await metered(shop, { billing_thresholds: { amount_gte: 100 }, trial_period_days: 14 })
      await trial.use(500)
      assert.equal((await trial.invoices()).length, 1)
      await shop.advance(trial.clock, at('2026-02-14T12:00:00Z'))
      await trial.use(500)
      assert.equal((await trial.invoices()).length, 2)
    },
    'an amount below the least charge is refused, and so is a threshold of units on a licensed price': async (shop) => {
      await refused(
        subscribe(shop, 'pm_card_visa', 1000, { billing_thresholds: { amount_gte: 10 } }),
        'parameter_invalid_integer',
      )
      const { subscription } = await subscribe(shop)
      await refused(
        shop.stripe.subscriptionItems.update(subscription.items.data[0]!.id, { billing_thresholds: { usage_gte: 5 } }),
        undefined,
      )
    },
    'an empty string takes a threshold away': async (shop) => {
      const { clock, invoices, subscription, use } = await metered(shop, { billing_thresholds: { amount_gte: 100 } })
      const changed = await shop.stripe.subscriptions.update(subscription.id, { billing_thresholds: '' })
      assert.equal(changed.billing_thresholds, null)
      await shop.advance(clock, january + day)
      await use(500)
      assert.equal((await invoices()).length, 1)
    },
  }),
  ...rowsOf('api/subscriptions/object#subscription_object-pending_invoice_item_interval', {
    'pending items are billed between the renewals': async (shop) => {
      const { clock, subscription } = await subscribe(shop, 'pm_card_visa', 1000, {
        pending_invoice_item_interval: { interval: 'week' },
      })
      assert.equal(subscription.next_pending_invoice_item_invoice, january + 7 * day)
      await shop.advance(clock, january + 2 * day)
      await shop.stripe.subscriptionItems.update(subscription.items.data[0]!.id, { quantity: 2 })
      await shop.advance(clock, january + 8 * day)
      const after = await shop.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
      const { billing_reason, status, total } = after.latest_invoice as Stripe.Invoice
      assert.deepEqual([billing_reason, status], ['automatic_pending_invoice_item_invoice', 'paid'])
      assert.equal(total, 1871 - 935)
      assert.equal(after.next_pending_invoice_item_invoice, january + 14 * day)
    },
    'where nothing waits nothing is billed': async (shop) => {
      const { clock, subscription } = await subscribe(shop, 'pm_card_visa', 1000, {
        pending_invoice_item_interval: { interval: 'day', interval_count: 3 },
      })
      await shop.advance(clock, january + 20 * day)
      assert.equal((await shop.stripe.invoices.list({ subscription: subscription.id })).data.length, 1)
      const off = await shop.stripe.subscriptions.update(subscription.id, { pending_invoice_item_interval: '' })
      assert.deepEqual([off.pending_invoice_item_interval, off.next_pending_invoice_item_invoice], [null, null])
    },
  }),
  ...rowsOf('api/subscriptions/create', {
    'cancel_at_period_end says when that is, from the beginning': async (shop) => {
      const { subscription } = await subscribe(shop, 'pm_card_visa', 1000, { cancel_at_period_end: true })
      assert.deepEqual(
        [subscription.cancel_at, subscription.cancel_at_period_end, subscription.canceled_at],
        [february, true, january],
      )
      assert.equal(subscription.cancellation_details?.reason, 'cancellation_requested')
    },
    'with several intervals it can end with the first period or the last': async (shop) => {
      const customer = await shop.customer()
      const month = await shop.price(1000)
      const year = await shop.price(9000, { recurring: { interval: 'year' } })
      const ends = async (cancel_at: 'min_period_end' | 'max_period_end') => {
        const made = await shop.stripe.subscriptions.create({
          cancel_at,
          customer: customer.id,
          items: [{ price: month.id }, { price: year.id }],
        })
        return made.cancel_at
      }
      assert.deepEqual(
        [await ends('min_period_end'), await ends('max_period_end')],
        [february, at('2027-01-01T00:00:00Z')],
      )
    },
    'cancel_at and cancel_at_period_end exclude each other': async (shop) => {
      const { subscription } = await subscribe(shop)
      await refused(
        shop.stripe.subscriptions.update(subscription.id, { cancel_at: february, cancel_at_period_end: true }),
        'parameters_exclusive',
      )
    },
    'an end within a period gives unused time back, unless that was not wanted': async (shop) => {
      const half = january + 15.5 * day
      const balances: number[] = []
      for (const proration_behavior of ['create_prorations', 'none']) {
        const { clock, customer } = await subscribe(shop, 'pm_card_visa', 1000, { cancel_at: half, proration_behavior })
        await shop.advance(clock, half)
        balances.push(((await shop.stripe.customers.retrieve(customer.id)) as Stripe.Customer).balance)
      }
      assert.deepEqual(balances, [-500, 0])
    },
    'a plan with another interval moves the end of the period, and the cancellation with it': async (shop) => {
      const { subscription } = await subscribe(shop, 'pm_card_visa', 1000, { cancel_at_period_end: true })
      const year = await shop.price(9000, { recurring: { interval: 'year' } })
      const moved = await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: year.id }],
      })
      assert.equal(moved.cancel_at, at('2027-01-01T00:00:00Z'))
    },
  }),
]
