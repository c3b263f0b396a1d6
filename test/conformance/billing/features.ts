import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { at, day, january, type Shop } from '../../stripe/billing/shop.ts'
import { subscribe } from './lifecycle.ts'
import { type Row, refused, rowsOf } from './rows.ts'

const renewal = at('2026-02-01T02:00:00Z')

const totals = async (shop: Shop, subscription: string): Promise<number[]> =>
  (await shop.stripe.invoices.list({ subscription })).data.map(({ total }) => total).reverse()

const meter = (shop: Shop, formula: 'sum' | 'count' | 'last' = 'sum', event_name = 'tokens') =>
  shop.stripe.billing.meters.create({ display_name: 'Tokens', event_name, default_aggregation: { formula } })

const use = (shop: Shop, customer: string, value: string, more: object = {}) =>
  shop.stripe.billing.meterEvents.create({
    event_name: 'tokens',
    payload: { stripe_customer_id: customer, value },
    ...more,
  })

export const features: Row[] = [
  ...rowsOf('billing/subscriptions/coupons', {
    'once: only the first invoice is discounted': async (shop) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 25, duration: 'once' })
      const { subscription, clock } = await subscribe(shop, 'pm_card_visa', 1000, {
        discounts: [{ coupon: coupon.id }],
      })
      await shop.advance(clock, renewal)
      assert.deepEqual(await totals(shop, subscription.id), [750, 1000])
    },
    'repeating: for as many months': async (shop) => {
      const coupon = await shop.stripe.coupons.create({
        amount_off: 300,
        currency: 'usd',
        duration: 'repeating',
        duration_in_months: 2,
      })
      const { subscription, clock } = await subscribe(shop, 'pm_card_visa', 1000, {
        discounts: [{ coupon: coupon.id }],
      })
      await shop.advance(clock, at('2026-02-02T00:00:00Z'))
      await shop.advance(clock, at('2026-03-02T00:00:00Z'))
      assert.deepEqual(await totals(shop, subscription.id), [700, 700, 1000])
    },
    'forever: every invoice': async (shop) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 10, duration: 'forever' })
      const { subscription, clock } = await subscribe(shop, 'pm_card_visa', 1000, {
        discounts: [{ coupon: coupon.id }],
      })
      await shop.advance(clock, renewal)
      assert.deepEqual(await totals(shop, subscription.id), [900, 900])
    },
    'a coupon counts its redemptions and is used up': async (shop) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 10, duration: 'forever', max_redemptions: 1 })
      await subscribe(shop, 'pm_card_visa', 1000, { discounts: [{ coupon: coupon.id }] })
      const used = await shop.stripe.coupons.retrieve(coupon.id)
      assert.deepEqual([used.times_redeemed, used.valid], [1, false])
      await refused(subscribe(shop, 'pm_card_visa', 1000, { discounts: [{ coupon: coupon.id }] }), 'coupon_expired')
    },
    'a coupon is a percentage or an amount with a currency': async (shop) => {
      await refused(shop.stripe.coupons.create({ duration: 'once' }), 'parameter_missing')
      await refused(shop.stripe.coupons.create({ amount_off: 5 }), 'parameter_missing')
      await refused(shop.stripe.coupons.create({ percent_off: 101 }), undefined)
    },
    'a promotion code for first orders refuses a second one': async (shop) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 10, duration: 'forever' })
      const code = await shop.stripe.promotionCodes.create({
        promotion: { type: 'coupon', coupon: coupon.id },
        code: 'HELLO',
        restrictions: { first_time_transaction: true },
      })
      const { customer, price } = await subscribe(shop)
      await refused(
        shop.stripe.subscriptions.create({
          customer: customer.id,
          items: [{ price: price.id }],
          discounts: [{ promotion_code: code.id }],
        }),
        undefined,
      )
    },
    'an active code exists once, whatever its case': async (shop) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 10, duration: 'forever' })
      const promotion = { type: 'coupon' as const, coupon: coupon.id }
      await shop.stripe.promotionCodes.create({ promotion, code: 'SPRING' })
      await refused(shop.stripe.promotionCodes.create({ promotion, code: 'spring' }), 'resource_already_exists')
      assert.equal((await shop.stripe.promotionCodes.list({ code: 'spring' })).data.length, 1)
    },
    'a minimum amount is checked': async (shop) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 10, duration: 'forever' })
      const { id } = await shop.stripe.promotionCodes.create({
        promotion: { type: 'coupon', coupon: coupon.id },
        restrictions: { minimum_amount: 5000, minimum_amount_currency: 'usd' },
      })
      await refused(subscribe(shop, 'pm_card_visa', 1000, { discounts: [{ promotion_code: id }] }), undefined)
      assert.equal((await shop.stripe.coupons.retrieve(coupon.id)).times_redeemed, 0)
    },
  }),
  ...rowsOf('products-prices/pricing-models', {
    'graduated tiers are billed line by line': async (shop) => {
      const customer = await shop.customer()
      const price = await shop.stripe.prices.create({
        currency: 'usd',
        billing_scheme: 'tiered',
        tiers_mode: 'graduated',
        tiers: [
          { up_to: 5, unit_amount: 700 },
          { up_to: 'inf', unit_amount: 500 },
        ],
        recurring: { interval: 'month' },
        product_data: { name: 'Seats' },
      })
      const { latest_invoice } = await shop.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id, quantity: 7 }],
        expand: ['latest_invoice'],
      })
      const invoice = latest_invoice as Stripe.Invoice
      assert.equal(invoice.total, 5 * 700 + 2 * 500)
      assert.deepEqual(
        invoice.lines.data.map(({ description }) => description),
        ['5 × Seats (Tier 1 at $7.00 / month)', '2 × Seats (Tier 2 at $5.00 / month)'],
      )
    },
    'packages are rounded up': async (shop) => {
      const { invoice } = await (async () => {
        const customer = await shop.customer()
        const price = await shop.price(1000, { transform_quantity: { divide_by: 5, round: 'up' } })
        const { latest_invoice } = await shop.stripe.subscriptions.create({
          customer: customer.id,
          items: [{ price: price.id, quantity: 11 }],
          expand: ['latest_invoice'],
        })
        return { invoice: latest_invoice as Stripe.Invoice }
      })()
      assert.equal(invoice.total, 3000)
    },
    'yen have no decimals': async (shop) => {
      const customer = await shop.customer()
      const price = await shop.price(500, { currency: 'jpy' })
      const { latest_invoice } = await shop.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        expand: ['latest_invoice'],
      })
      const invoice = latest_invoice as Stripe.Invoice
      assert.deepEqual(
        [invoice.currency, invoice.total, invoice.lines.data[0]!.description],
        ['jpy', 500, '1 × Plan 1 (at ¥500 / month)'],
      )
    },
  }),
  ...rowsOf('billing/taxes/tax-rates', {
    'an exclusive rate comes on top, an inclusive one is inside': async (shop) => {
      const on = await shop.stripe.taxRates.create({ display_name: 'Sales tax', inclusive: false, percentage: 10 })
      const inside = await shop.stripe.taxRates.create({ display_name: 'VAT', inclusive: true, percentage: 19 })
      const first = await subscribe(shop, 'pm_card_visa', 1000, { default_tax_rates: [on.id] })
      assert.deepEqual(
        [first.invoice.total, first.invoice.total_excluding_tax, first.invoice.total_taxes![0]!.amount],
        [1100, 1000, 100],
      )
      const second = await subscribe(shop, 'pm_card_visa', 1190, { default_tax_rates: [inside.id] })
      assert.deepEqual([second.invoice.total, second.invoice.total_excluding_tax], [1190, 1000])
    },
  }),
  ...rowsOf('billing/subscriptions/usage-based', {
    'usage is billed when the period ends': async (shop) => {
      const { id } = await meter(shop)
      const customer = await shop.customer()
      const price = await shop.stripe.prices.create({
        currency: 'usd',
        unit_amount_decimal: '0.5' as never,
        recurring: { interval: 'month', usage_type: 'metered', meter: id },
        product_data: { name: 'Tokens' },
      })
      const subscription = await shop.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
      })
      assert.deepEqual([subscription.status, subscription.latest_invoice], ['active', null])
      await use(shop, customer.id, '1500')
      await use(shop, customer.id, '501')
      await shop.advance(customer.test_clock as string, renewal)
      const [invoice] = (await shop.stripe.invoices.list({ subscription: subscription.id })).data
      assert.deepEqual([invoice!.total, invoice!.lines.data[0]!.quantity], [1001, 2001])
    },
    'an identifier counts once': async (shop) => {
      await meter(shop)
      const customer = await shop.customer()
      await use(shop, customer.id, '1', { identifier: 'a' })
      await refused(use(shop, customer.id, '1', { identifier: 'a' }), 'duplicate_meter_event')
    },
    'events are at most 35 days old and 5 minutes ahead': async (shop) => {
      await meter(shop)
      const customer = await shop.customer()
      await refused(use(shop, customer.id, '1', { timestamp: january - 36 * day }), 'timestamp_too_far_in_past')
      await refused(use(shop, customer.id, '1', { timestamp: january + 301 }), 'timestamp_in_future')
      await use(shop, customer.id, '1', { timestamp: january - 34 * day })
      await use(shop, customer.id, '1', { timestamp: january + 299 })
    },
    'summaries add up by day': async (shop) => {
      const { id } = await meter(shop)
      const customer = await shop.customer()
      await use(shop, customer.id, '3', { timestamp: january - day })
      await use(shop, customer.id, '4', { timestamp: january - day + 60 })
      await use(shop, customer.id, '5', { timestamp: january })
      const query = { customer: customer.id, start_time: january - 2 * day, end_time: january + day }
      const whole = await shop.stripe.billing.meters.listEventSummaries(id, query)
      const days = await shop.stripe.billing.meters.listEventSummaries(id, { ...query, value_grouping_window: 'day' })
      assert.deepEqual(
        [whole.data.map((row) => row.aggregated_value), days.data.map((row) => row.aggregated_value)],
        [[12], [5, 7]],
      )
    },
    'an event can be taken back': async (shop) => {
      const { id } = await meter(shop)
      const customer = await shop.customer()
      await use(shop, customer.id, '9', { identifier: 'wrong' })
      await shop.stripe.billing.meterEventAdjustments.create({
        event_name: 'tokens',
        type: 'cancel',
        cancel: { identifier: 'wrong' },
      })
      const { data } = await shop.stripe.billing.meters.listEventSummaries(id, {
        customer: customer.id,
        start_time: january,
        end_time: january + day,
      })
      assert.equal(data[0]!.aggregated_value, 0)
    },
    'a customer that is not there is refused': async (shop) => {
      await meter(shop)
      await refused(use(shop, 'cus_none', '1'), 'meter_event_customer_not_found')
    },
  }),
  ...rowsOf('billing/subscriptions/usage-based/billing-credits', {
    'credits pay for usage before tax, and the rest stays': async (shop) => {
      const { id } = await meter(shop)
      const customer = await shop.customer()
      const price = await shop.price(10, { recurring: { interval: 'month', usage_type: 'metered', meter: id } })
      await shop.stripe.billing.creditGrants.create({
        customer: customer.id,
        category: 'promotional',
        amount: { type: 'monetary', monetary: { currency: 'usd', value: 5000 } },
        applicability_config: { scope: { price_type: 'metered' } },
      })
      const subscription = await shop.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
      })
      await use(shop, customer.id, '300')
      await shop.advance(customer.test_clock as string, renewal)
      const [invoice] = (await shop.stripe.invoices.list({ subscription: subscription.id })).data
      assert.deepEqual([invoice!.subtotal, invoice!.total, invoice!.status], [3000, 0, 'paid'])
      const { balances } = await shop.stripe.billing.creditBalanceSummaries.retrieve({
        customer: customer.id,
        filter: { type: 'applicability_scope', applicability_scope: { price_type: 'metered' } },
      })
      assert.equal(balances[0]!.available_balance.monetary!.value, 2000)
    },
    'a grant expires': async (shop) => {
      const customer = await shop.customer()
      const grant = await shop.stripe.billing.creditGrants.create({
        customer: customer.id,
        amount: { type: 'monetary', monetary: { currency: 'usd', value: 5000 } },
        applicability_config: { scope: { price_type: 'metered' } },
        expires_at: january + day,
      })
      await shop.advance(customer.test_clock as string, january + 2 * day)
      const entries = await shop.stripe.billing.creditBalanceTransactions.list({
        customer: customer.id,
        credit_grant: grant.id,
      })
      assert.deepEqual(
        entries.data.map(({ debit, type }) => [type, debit?.type]),
        [
          ['debit', 'credits_expired'],
          ['credit', undefined],
        ],
      )
    },
  }),
  ...rowsOf('billing/subscriptions/subscription-schedules', {
    'phases follow each other on renewals, then the subscription goes on': async (shop) => {
      const customer = await shop.customer()
      const [intro, full] = [await shop.price(500), await shop.price(1500)]
      const schedule = await shop.stripe.subscriptionSchedules.create({
        customer: customer.id,
        start_date: 'now',
        phases: [
          { items: [{ price: intro.id }], duration: { interval: 'month' } },
          { items: [{ price: full.id }], duration: { interval: 'month' } },
        ],
      })
      const subscription = schedule.subscription as string
      await shop.advance(customer.test_clock as string, at('2026-02-02T00:00:00Z'))
      await shop.advance(customer.test_clock as string, at('2026-03-02T00:00:00Z'))
      assert.deepEqual(await totals(shop, subscription), [500, 1500, 1500])
      assert.equal((await shop.stripe.subscriptionSchedules.retrieve(schedule.id)).status, 'released')
    },
    'end_behavior cancel ends the subscription with the last phase': async (shop) => {
      const customer = await shop.customer()
      const price = await shop.price(500)
      const schedule = await shop.stripe.subscriptionSchedules.create({
        customer: customer.id,
        start_date: 'now',
        end_behavior: 'cancel',
        phases: [{ items: [{ price: price.id }], duration: { interval: 'month' } }],
      })
      await shop.advance(customer.test_clock as string, at('2026-02-02T00:00:00Z'))
      assert.equal((await shop.stripe.subscriptionSchedules.retrieve(schedule.id)).status, 'completed')
      assert.equal((await shop.stripe.subscriptions.retrieve(schedule.subscription as string)).status, 'canceled')
      assert.deepEqual(await totals(shop, schedule.subscription as string), [500])
    },
    'a schedule in the future starts its subscription then': async (shop) => {
      const customer = await shop.customer()
      const price = await shop.price(500)
      const schedule = await shop.stripe.subscriptionSchedules.create({
        customer: customer.id,
        start_date: january + 5 * day,
        phases: [{ items: [{ price: price.id }], duration: { interval: 'month' } }],
      })
      assert.deepEqual([schedule.status, schedule.subscription], ['not_started', null])
      await shop.advance(customer.test_clock as string, january + 6 * day)
      assert.equal((await shop.stripe.subscriptionSchedules.retrieve(schedule.id)).status, 'active')
    },
    'from_subscription takes a subscription over, release lets it go': async (shop) => {
      const { subscription } = await subscribe(shop)
      const schedule = await shop.stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).schedule, schedule.id)
      const released = await shop.stripe.subscriptionSchedules.release(schedule.id)
      assert.deepEqual([released.status, released.released_subscription], ['released', subscription.id])
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).schedule, null)
    },
    'canceling a schedule cancels its subscription': async (shop) => {
      const { subscription } = await subscribe(shop)
      const schedule = await shop.stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
      await shop.stripe.subscriptionSchedules.cancel(schedule.id)
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'canceled')
    },
  }),
  ...rowsOf('api/invoices/create_preview', {
    'the next renewal can be looked at, and nothing comes of it': async (shop) => {
      const { subscription } = await subscribe(shop)
      const preview = await shop.stripe.invoices.createPreview({ subscription: subscription.id })
      assert.deepEqual(
        [preview.total, preview.billing_reason, preview.period_end],
        [1000, 'upcoming', at('2026-02-01T00:00:00Z')],
      )
      await refused(shop.stripe.invoices.retrieve(preview.id), 'resource_missing', 404)
    },
    'a change can be looked at: the prorations it would make': async (shop) => {
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, at('2026-01-16T12:00:00Z'))
      const pro = await shop.price(6200)
      const before = (await shop.events()).length
      const preview = await shop.stripe.invoices.createPreview({
        subscription: subscription.id,
        subscription_details: {
          items: [{ id: subscription.items.data[0]!.id, price: pro.id }],
          proration_behavior: 'always_invoice',
        },
      })
      assert.equal(preview.total, 1550)
      assert.equal((await shop.events()).length, before)
      assert.equal((await shop.stripe.invoiceItems.list({ customer: customer.id })).data.length, 0)
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).items.data[0]!.price.unit_amount, 3100)
    },
    'a new subscription can be looked at': async (shop) => {
      const customer = await shop.customer()
      const price = await shop.price(1000)
      const preview = await shop.stripe.invoices.createPreview({
        customer: customer.id,
        subscription_details: { items: [{ price: price.id, quantity: 3 }] },
      })
      assert.equal(preview.total, 3000)
      assert.equal((await shop.stripe.subscriptions.list({ status: 'all' })).data.length, 0)
    },
    'nothing is coming for a customer without a subscription': async (shop) => {
      const customer = await shop.customer()
      await refused(shop.stripe.invoices.createPreview({ customer: customer.id }), 'invoice_upcoming_none', 404)
    },
  }),
  ...rowsOf('billing/entitlements', {
    'a subscription gives the features of its product, and its end takes them': async (shop) => {
      const feature = await shop.stripe.entitlements.features.create({ name: 'Export', lookup_key: 'export' })
      const { subscription, price, customer } = await subscribe(shop)
      await shop.stripe.products.createFeature(price.product as string, { entitlement_feature: feature.id })
      const active = async () =>
        (await shop.stripe.entitlements.activeEntitlements.list({ customer: customer.id })).data
      assert.deepEqual(
        (await active()).map(({ lookup_key }) => lookup_key),
        ['export'],
      )
      await shop.stripe.subscriptions.cancel(subscription.id)
      assert.deepEqual(await active(), [])
      const told = (await shop.events()).filter(
        ({ type }) => type === 'entitlements.active_entitlement_summary.updated',
      )
      assert.equal(told.length, 2)
    },
  }),
  ...rowsOf('quotes/overview', {
    'draft, open, accepted: the quote becomes a subscription': async (shop) => {
      const customer = await shop.customer()
      const price = await shop.price(1000)
      const quote = await shop.stripe.quotes.create({
        customer: customer.id,
        line_items: [{ price: price.id, quantity: 2 }],
      })
      assert.deepEqual(
        [quote.status, quote.amount_total, quote.computed.recurring!.amount_total],
        ['draft', 2000, 2000],
      )
      const open = await shop.stripe.quotes.finalizeQuote(quote.id)
      assert.match(open.number!, /^QT-/)
      const accepted = await shop.stripe.quotes.accept(quote.id)
      assert.equal(accepted.status, 'accepted')
      const subscription = await shop.stripe.subscriptions.retrieve(accepted.subscription as string)
      assert.equal(subscription.items.data[0]!.quantity, 2)
    },
    'a quote is accepted only when it is open': async (shop) => {
      const customer = await shop.customer()
      const price = await shop.price(1000)
      const quote = await shop.stripe.quotes.create({ customer: customer.id, line_items: [{ price: price.id }] })
      await refused(shop.stripe.quotes.accept(quote.id), undefined)
      assert.equal((await shop.stripe.quotes.cancel(quote.id)).status, 'canceled')
    },
    'an open quote has a PDF': async (shop) => {
      const customer = await shop.customer()
      const price = await shop.price(1000)
      const quote = await shop.stripe.quotes.create({ customer: customer.id, line_items: [{ price: price.id }] })
      await shop.stripe.quotes.finalizeQuote(quote.id)
      const chunks: Buffer[] = []
      for await (const chunk of (await shop.stripe.quotes.pdf(quote.id)) as unknown as AsyncIterable<Buffer>)
        chunks.push(Buffer.from(chunk))
      assert.match(Buffer.concat(chunks).toString('latin1'), /^%PDF-/)
    },
  }),
  ...rowsOf('api/test_clocks', {
    'advancing answers that it goes on, and is ready with all that was due': async (shop) => {
      const { clock } = await subscribe(shop)
      const answer = await shop.stripe.testHelpers.testClocks.advance(clock, { frozen_time: renewal })
      assert.deepEqual([answer.status, answer.frozen_time], ['advancing', january])
      const ready = await shop.stripe.testHelpers.testClocks.retrieve(clock)
      assert.deepEqual([ready.status, ready.frozen_time], ['ready', renewal])
    },
    'time does not go back': async (shop) => {
      const clock = await shop.clock()
      await refused(shop.stripe.testHelpers.testClocks.advance(clock, { frozen_time: january - 1 }), undefined)
    },
    'two intervals of the shortest subscription at most': async (shop) => {
      const { clock } = await subscribe(shop)
      await refused(
        shop.stripe.testHelpers.testClocks.advance(clock, { frozen_time: at('2026-03-01T00:00:01Z') }),
        undefined,
      )
      await shop.advance(clock, at('2026-03-01T00:00:00Z'))
    },
    'deleting a clock takes its customers along': async (shop) => {
      const { clock, customer } = await subscribe(shop)
      await shop.stripe.testHelpers.testClocks.del(clock)
      assert.equal(
        (await shop.stripe.customers.list()).data.some(({ id }) => id === customer.id),
        false,
      )
    },
  }),
]
