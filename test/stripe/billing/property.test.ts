import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type Stripe from 'stripe'
import { day, january, type Mall, openMall, type Shop } from './shop.ts'

let mall: Mall
before(async () => {
  mall = await openMall()
})
after(() => mall.close())

type Step =
  | { kind: 'advance'; days: number }
  | { kind: 'price'; index: number; behavior: 'create_prorations' | 'always_invoice' | 'none' }
  | { kind: 'quantity'; quantity: number; behavior: 'create_prorations' | 'always_invoice' | 'none' }
  | { kind: 'pause'; behavior: 'void' | 'keep_as_draft' | 'mark_uncollectible' }
  | { kind: 'resume' | 'anchor' | 'badCard' | 'goodCard' | 'atPeriodEnd' | 'coupon' | 'pauseService' }
  | { kind: 'resumeService'; keepsAnchor: boolean; charges: boolean }
  | { kind: 'threshold'; amount: number; resets: boolean }
  | { kind: 'use'; value: number }
  | { kind: 'tax'; enabled: boolean }
  | { kind: 'address'; country: 'DE' | 'FR' | 'US' | undefined }
  | { kind: 'cancel'; prorate: boolean; invoice_now: boolean }

const behavior = fc.constantFrom('create_prorations' as const, 'always_invoice' as const, 'none' as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('advance' as const), days: fc.integer({ min: 1, max: 55 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('price' as const), index: fc.nat(3), behavior }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('quantity' as const),
      quantity: fc.integer({ min: 1, max: 9 }),
      behavior,
    }),
  },
  fc.record({
    kind: fc.constant('pause' as const),
    behavior: fc.constantFrom('void' as const, 'keep_as_draft' as const, 'mark_uncollectible' as const),
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'resume' as const,
        'anchor' as const,
        'badCard' as const,
        'goodCard' as const,
        'coupon' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('use' as const), value: fc.integer({ min: 1, max: 400 }) }) },
  fc.record({
    kind: fc.constant('threshold' as const),
    amount: fc.integer({ min: 100, max: 3000 }),
    resets: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('tax' as const), enabled: fc.boolean() }),
  fc.record({
    kind: fc.constant('address' as const),
    country: fc.constantFrom('DE' as const, 'FR' as const, 'US' as const, undefined),
  }),
  fc.record({ kind: fc.constant('pauseService' as const) }),
  fc.record({ kind: fc.constant('resumeService' as const), keepsAnchor: fc.boolean(), charges: fc.boolean() }),
  fc.record({ kind: fc.constant('atPeriodEnd' as const) }),
  fc.record({ kind: fc.constant('cancel' as const), prorate: fc.boolean(), invoice_now: fc.boolean() }),
)

interface World {
  shop: Shop
  clock: string
  customer: string
  subscription: string
  metered: string
  prices: string[]
  time: number
}

async function begin(shop: Shop): Promise<World> {
  await shop.stripe.tax.settings.update({ head_office: { address: { country: 'DE' } } })
  const country_options = {
    de: { type: 'standard' as const, standard: { place_of_supply_scheme: 'standard' as const } },
  }
  await shop.stripe.tax.registrations.create({ active_from: 'now', country: 'DE', country_options })
  const meter = await shop.stripe.billing.meters.create({
    display_name: 'Tokens',
    event_name: 'tokens',
    default_aggregation: { formula: 'sum' },
  })
  const usage = await shop.price(7, { recurring: { interval: 'month', meter: meter.id, usage_type: 'metered' } })
  const customer = await shop.customer('pm_card_visa', { address: { country: 'DE' } })
  const prices = await Promise.all([
    shop.price(1000),
    shop.price(2999),
    shop.price(700, { recurring: { interval: 'week' } }),
    shop.price(20_011, { recurring: { interval: 'year' } }),
  ])
  const items = [{ price: prices[0]!.id }, { price: usage.id }]
  const { id, items: made } = await shop.stripe.subscriptions.create({ customer: customer.id, items })
  return {
    shop,
    clock: customer.test_clock as string,
    customer: customer.id,
    subscription: id,
    metered: made.data[1]!.id,
    prices: prices.map((price) => price.id),
    time: january,
  }
}

/** Stripe's refusals are part of a history; bugs are not. */
async function take(world: World, step: Step): Promise<void> {
  try {
    await perform(world, step)
  } catch (error) {
    const { statusCode } = error as Stripe.errors.StripeError
    if (statusCode === undefined || statusCode >= 500) throw error
  }
}

async function perform(world: World, step: Step): Promise<unknown> {
  const { shop, subscription, customer } = world
  const { stripe } = shop
  const item = async () =>
    (await stripe.subscriptions.retrieve(subscription)).items.data.find(({ id }) => id !== world.metered)!.id
  switch (step.kind) {
    case 'advance':
      for (let left = step.days; left > 0; left -= 10) {
        const to = world.time + Math.min(left, 10) * day
        await shop.advance(world.clock, to)
        world.time = to
      }
      return undefined
    case 'price':
      return stripe.subscriptions.update(subscription, {
        items: [{ id: await item(), price: world.prices[step.index]! }],
        proration_behavior: step.behavior,
      })
    case 'quantity':
      return stripe.subscriptionItems.update(await item(), {
        quantity: step.quantity,
        proration_behavior: step.behavior,
      })
    case 'pause':
      return stripe.subscriptions.update(subscription, { pause_collection: { behavior: step.behavior } })
    case 'resume':
      return stripe.subscriptions.update(subscription, { pause_collection: '' })
    case 'anchor':
      return stripe.subscriptions.update(subscription, { billing_cycle_anchor: { type: 'now' } })
    case 'atPeriodEnd':
      return stripe.subscriptions.update(subscription, { cancel_at_period_end: true })
    case 'coupon': {
      const coupon = await stripe.coupons.create({ percent_off: 33, duration: 'repeating', duration_in_months: 2 })
      return stripe.subscriptions.update(subscription, { discounts: [{ coupon: coupon.id }] })
    }
    case 'use':
      return stripe.billing.meterEvents.create({
        event_name: 'tokens',
        payload: { stripe_customer_id: customer, value: String(step.value) },
      })
    case 'threshold':
      return stripe.subscriptions.update(subscription, {
        billing_thresholds: { amount_gte: step.amount, reset_billing_cycle_anchor: step.resets },
      })
    case 'tax':
      return stripe.subscriptions.update(subscription, { automatic_tax: { enabled: step.enabled } })
    case 'address':
      return stripe.customers.update(customer, { address: step.country ? { country: step.country } : '' })
    case 'pauseService':
      return stripe.subscriptions.pause(subscription)
    case 'resumeService':
      return stripe.subscriptions.resume(subscription, {
        billing_cycle_anchor: { type: step.keepsAnchor ? 'unchanged' : 'now' },
        payment_behavior: step.charges ? 'resume_on_payment_success' : 'resume_on_payment_attempt',
      })
    case 'cancel':
      return stripe.subscriptions.cancel(subscription, { prorate: step.prorate, invoice_now: step.invoice_now })
    default: {
      const card = step.kind === 'badCard' ? 'pm_card_chargeCustomerFail' : 'pm_card_visa'
      const method = await stripe.paymentMethods.attach(card, { customer })
      return stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
    }
  }
}

const sum = (list: readonly { amount: number }[] | null | undefined): number =>
  (list ?? []).reduce((total, { amount }) => total + amount, 0)

function reconcile(invoice: Stripe.Invoice): void {
  const lines = invoice.lines.data
  const discount = lines.reduce((total, line) => total + sum(line.discount_amounts), 0)
  const taxes = lines.flatMap((line) => line.taxes ?? [])
  const onTop = sum(taxes.filter(({ tax_behavior }) => tax_behavior === 'exclusive'))
  assert.equal(invoice.total, sum(lines) - discount + onTop, `total of ${invoice.id}`)
  assert.equal(sum(invoice.total_taxes), sum(taxes))
  assert.equal(invoice.total_excluding_tax, invoice.total - sum(taxes))
  assert.equal(sum(invoice.total_discount_amounts), discount)
  assert.ok(invoice.amount_due >= 0 && invoice.amount_paid >= 0 && invoice.amount_remaining >= 0)
  if (invoice.status === 'draft') return
  const { amount_due, amount_paid, amount_remaining, ending_balance, starting_balance, total } = invoice
  assert.equal(amount_due, total + starting_balance - ending_balance!, `balance of ${invoice.id}`)
  if (invoice.status !== 'void') assert.equal(amount_remaining, amount_due - amount_paid)
  if (invoice.status === 'paid') assert.equal(amount_remaining, 0)
}

/** A stretch of time is billed once, or once more for each time that all of it was given back. */
function needNoDoubleBilling(
  invoices: readonly Stripe.Invoice[],
  items: readonly Stripe.InvoiceItem[],
  metered: string,
): void {
  const billed = new Map<string, number>()
  const count = (key: string, by: number): void => void billed.set(key, (billed.get(key) ?? 0) + by)
  for (const line of invoices.flatMap((invoice) => invoice.lines.data)) {
    const details = line.parent?.subscription_item_details
    if (!details || details.proration || line.amount === 0 || details.subscription_item === metered) continue
    count(`${details.subscription_item} ${line.period.start} ${line.period.end}`, 1)
  }
  for (const { amount, parent, period } of items)
    if (amount < 0) count(`${parent?.subscription_details?.subscription_item} ${period.start} ${period.end}`, -1)
  for (const [period, times] of billed) assert.ok(times <= 1, `${period} is billed ${times} times`)
}

/** What was used is billed once at most, whatever thresholds, renewals and pauses bill it. */
function needUsageOnce(invoices: readonly Stripe.Invoice[], metered: string, steps: readonly Step[]): void {
  const lines = invoices.flatMap((invoice) => invoice.lines.data)
  const billed = sum(lines.filter(({ parent }) => parent?.subscription_item_details?.subscription_item === metered))
  const used = steps.reduce((total, each) => total + (each.kind === 'use' ? each.value : 0), 0)
  assert.ok(billed <= used * 7, `${billed} is billed for ${used} units`)
}

/** An item never gives back more than it was billed. */
function needNoOverCredit(invoices: readonly Stripe.Invoice[], items: readonly Stripe.InvoiceItem[]): void {
  const net = new Map<string, number>()
  const add = (item: string | undefined, amount: number): void =>
    void (item && net.set(item, (net.get(item) ?? 0) + amount))
  for (const line of invoices.flatMap((invoice) => invoice.lines.data)) {
    const details = line.parent?.subscription_item_details
    if (details && !details.proration) add(details.subscription_item, line.amount - sum(line.discount_amounts))
  }
  for (const { amount, parent } of items) add(parent?.subscription_details?.subscription_item, amount)
  for (const [item, amount] of net) assert.ok(amount >= 0, `${item} gave back ${-amount} too much`)
}

test('whatever happens to a subscription, every invoice reconciles and money in is money recorded', async () => {
  let run = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const world = await begin(mall.open(`history${run++}`))
      for (const each of steps) await take(world, each)

      const { stripe } = world.shop
      const invoices: Stripe.Invoice[] = []
      for await (const invoice of stripe.invoices.list({ limit: 100, expand: ['data.lines'] })) invoices.push(invoice)
      for (const invoice of invoices) reconcile(invoice)
      const items: Stripe.InvoiceItem[] = []
      for await (const item of stripe.invoiceItems.list({ customer: world.customer, limit: 100 })) items.push(item)
      needNoOverCredit(invoices, items)
      // Who changes the interval without prorations asked to pay twice.
      const mayPayTwice = steps.some((each) => each.kind === 'price' && each.behavior === 'none')
      if (!mayPayTwice) needNoDoubleBilling(invoices, items, world.metered)

      needUsageOnce(invoices, world.metered, steps)

      const charges: Stripe.Charge[] = []
      for await (const charge of stripe.charges.list({ limit: 100 })) charges.push(charge)
      const charged = sum(charges.filter(({ paid }) => paid))
      const recorded = invoices.reduce((total, { amount_paid }) => total + amount_paid, 0)
      assert.equal(recorded, charged)

      const customer = (await stripe.customers.retrieve(world.customer)) as Stripe.Customer
      const entries: Stripe.CustomerBalanceTransaction[] = []
      for await (const entry of stripe.customers.listBalanceTransactions(world.customer, { limit: 100 }))
        entries.push(entry)
      assert.equal(customer.balance, sum(entries))
    }),
    { numRuns: Number(process.env.GATEKIT_RUNS ?? 25), seed: 20_260_101 },
  )
})
