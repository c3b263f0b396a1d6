import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import type { Shop } from '../../stripe/billing/shop.ts'
import { type Row, refused, rowsOf } from './rows.ts'
import { register } from './taxes.ts'

const berlin = { country: 'DE', postal_code: '10115' }

async function open(shop: Shop, more: Stripe.Checkout.SessionCreateParams = {}, recurring = false) {
  const price_data = {
    currency: 'eur',
    product_data: { name: 'Pack' },
    tax_behavior: 'exclusive',
    unit_amount: 1000,
    ...(recurring && { recurring: { interval: 'month' } }),
  } as const
  return shop.stripe.checkout.sessions.create({
    line_items: [{ price_data, quantity: 2 }],
    mode: recurring ? 'subscription' : 'payment',
    success_url: 'https://shop.example/done',
    ...more,
  })
}

/** Presses the button of the hosted page as a browser does. */
const press = (session: Stripe.Checkout.Session, address: Record<string, string> = {}) =>
  fetch(session.url ?? '', {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      email: 'ann@example.com',
      number: '4242424242424242',
      expiry: '12/34',
      cvc: '123',
      name: 'Ann',
      ...address,
    }),
  })

const read = (shop: Shop, { id }: Stripe.Checkout.Session) =>
  shop.stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent', 'subscription.latest_invoice'] })

export const checkoutTaxes: Row[] = [
  ...rowsOf('tax/checkout', {
    'a session waits for the address, then adds the tax to what is shown and charged': async (shop) => {
      await register(shop, 'DE')
      const session = await open(shop, { automatic_tax: { enabled: true } })
      assert.deepEqual([session.automatic_tax.status, session.amount_total], ['requires_location_inputs', 2000])
      const first = await press(session, berlin)
      assert.match(await first.text(), /the total is €23\.80/)
      const shown = await read(shop, session)
      assert.deepEqual(
        [shown.status, shown.amount_total, shown.total_details?.amount_tax, shown.automatic_tax.status],
        ['open', 2380, 380, 'complete'],
      )
      assert.equal((await press(session, berlin)).status, 303)
      const done = await read(shop, session)
      assert.deepEqual([done.status, (done.payment_intent as Stripe.PaymentIntent).amount_received], ['complete', 2380])
      assert.equal(done.customer_details?.address?.country, 'DE')
    },
    "a customer's address taxes the session from the beginning": async (shop) => {
      await register(shop, 'DE')
      const customer = await shop.stripe.customers.create({ address: berlin })
      const session = await open(shop, { automatic_tax: { enabled: true }, customer: customer.id })
      assert.deepEqual([session.automatic_tax.status, session.amount_total], ['complete', 2380])
      const { data } = await shop.stripe.checkout.sessions.listLineItems(session.id)
      assert.deepEqual([data[0]?.amount_tax, data[0]?.amount_total], [380, 2380])
    },
    'a customer without an address needs customer_update[address]=auto, which keeps what is typed': async (shop) => {
      await register(shop, 'DE')
      const customer = await shop.stripe.customers.create({})
      const params = { automatic_tax: { enabled: true }, customer: customer.id }
      await refused(open(shop, params), 'customer_tax_location_invalid')
      const session = await open(shop, { ...params, customer_update: { address: 'auto' } })
      await press(session, berlin)
      await press(session, berlin)
      const after = (await shop.stripe.customers.retrieve(customer.id)) as Stripe.Customer
      assert.equal(after.address?.country, 'DE')
    },
    'a subscription starts with the tax that was shown': async (shop) => {
      await register(shop, 'DE')
      const coupon = await shop.stripe.coupons.create({ percent_off: 33, duration: 'forever' })
      const discounts = [{ coupon: coupon.id }]
      const session = await open(shop, { automatic_tax: { enabled: true }, discounts }, true)
      await press(session, berlin)
      await press(session, berlin)
      const done = await read(shop, session)
      const subscription = done.subscription as Stripe.Subscription
      const invoice = subscription.latest_invoice as Stripe.Invoice
      assert.deepEqual([subscription.status, subscription.automatic_tax.enabled], ['active', true])
      assert.deepEqual([done.amount_total, invoice.total, invoice.amount_paid], [1595, 1595, 1595])
    },
    'without a head office there is no automatic tax': (shop) =>
      refused(open(shop, { automatic_tax: { enabled: true } }), 'stripe_tax_inactive'),
  }),
  ...rowsOf('payments/checkout/use-manual-tax-rates', {
    'rates of a line item are in its amounts and in the charge': async (shop) => {
      const rate = await shop.stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 7.5 })
      const price_data = { currency: 'usd', product_data: { name: 'Pack' }, unit_amount: 999 }
      const session = await open(shop, { line_items: [{ price_data, quantity: 1, tax_rates: [rate.id] }] })
      assert.deepEqual(
        [session.amount_subtotal, session.total_details?.amount_tax, session.amount_total],
        [999, 75, 1074],
      )
      await press(session)
      assert.equal(((await read(shop, session)).payment_intent as Stripe.PaymentIntent).amount_received, 1074)
    },
    'default rates of a subscription are on its invoices': async (shop) => {
      const rate = await shop.stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 10 })
      const session = await open(shop, { subscription_data: { default_tax_rates: [rate.id] } }, true)
      assert.equal(session.amount_total, 2200)
      await press(session)
      const invoice = ((await read(shop, session)).subscription as Stripe.Subscription).latest_invoice as Stripe.Invoice
      assert.deepEqual([invoice.total, invoice.amount_paid, invoice.status], [2200, 2200, 'paid'])
    },
  }),
]
