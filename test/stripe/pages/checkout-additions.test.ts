import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type Stripe from 'stripe'
import { need } from '../../support/need.ts'
import { openPages, type Pages, payWithCard } from './pages.ts'

const browserNeeded = need('chromium')
let pages: Pages

before(async () => {
  if (!browserNeeded.skip) pages = await openPages()
})
after(() => pages?.close())

const open = (
  stripe: Stripe,
  params: Partial<Stripe.Checkout.SessionCreateParams> = {},
  options: Stripe.RequestOptions = {},
) =>
  stripe.checkout.sessions.create(
    {
      mode: 'payment',
      success_url: `${pages.shopUrl}/done`,
      cancel_url: `${pages.shopUrl}/cart`,
      line_items: [{ price_data: { currency: 'usd', unit_amount: 2000, product_data: { name: 'Pack' } }, quantity: 2 }],
      ...params,
    },
    options,
  )

const recurring = {
  currency: 'usd',
  unit_amount: 1900,
  recurring: { interval: 'month' },
  product_data: { name: 'Pro' },
} as const

async function promotion(stripe: Stripe, code: string, more: Partial<Stripe.PromotionCodeCreateParams> = {}) {
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once' })
  return stripe.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: coupon.id }, ...more })
}

test('a promotion code takes its discount off what is paid, and is redeemed once', browserNeeded, async () => {
  const stripe = pages.client()
  const code = await promotion(stripe, 'SPRING25')
  const session = await open(stripe, { allow_promotion_codes: true })

  await pages.visit(session.url, async (page) => {
    await page.getByLabel('Promotion code').fill('spring25')
    await page.getByRole('button', { name: 'Apply' }).click()
    assert.match((await page.textContent('.sums')) ?? '', /Discount-\$10\.00\s*Total due\$30\.00/)
    await payWithCard(page, '4242424242424242', 'Pay $30.00')
    assert.equal(page.url(), `${pages.shopUrl}/done`)
  })

  const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
  assert.deepEqual(
    [paid.amount_subtotal, paid.amount_total, paid.total_details?.amount_discount, paid.discounts],
    [4000, 3000, 1000, [{ coupon: null, promotion_code: code.id }]],
  )
  assert.equal((paid.payment_intent as Stripe.PaymentIntent).amount_received, 3000)
  assert.equal((await stripe.promotionCodes.retrieve(code.id)).times_redeemed, 1)
})

test(
  'a code that does not exist, is used up or wants a larger order is refused, and one can be removed',
  browserNeeded,
  async () => {
    const stripe = pages.client()
    await promotion(stripe, 'BIGORDER', { restrictions: { minimum_amount: 10_000, minimum_amount_currency: 'usd' } })
    const fine = await promotion(stripe, 'FINE', { max_redemptions: 1 })
    const session = await open(stripe, { allow_promotion_codes: true })

    await pages.visit(session.url, async (page) => {
      for (const [code, why] of [
        ['NOSUCH', /This code is invalid/],
        ['BIGORDER', /minimum amount/],
      ] as const) {
        await page.getByLabel('Promotion code').fill(code)
        await page.getByRole('button', { name: 'Apply' }).click()
        assert.match((await page.getByRole('alert').textContent()) ?? '', why)
      }
      await page.getByLabel('Promotion code').fill('FINE')
      await page.getByRole('button', { name: 'Apply' }).click()
      await page.getByRole('button', { name: 'Remove' }).click()
      assert.equal(await page.getByRole('button', { name: 'Pay $40.00' }).count(), 1)
    })

    const released = await stripe.promotionCodes.retrieve(fine.id)
    assert.deepEqual([released.times_redeemed, released.active], [0, true])
  },
)

test('the discount of a subscription is on its first invoice', browserNeeded, async () => {
  const stripe = pages.client()
  const code = await promotion(stripe, 'SUB25')
  const session = await open(stripe, {
    mode: 'subscription',
    allow_promotion_codes: true,
    line_items: [{ price_data: recurring, quantity: 1 }],
  })

  await pages.visit(session.url, async (page) => {
    await page.getByLabel('Promotion code').fill('SUB25')
    await page.getByRole('button', { name: 'Apply' }).click()
    await payWithCard(page, '4242424242424242', 'Subscribe')
    assert.equal(page.url(), `${pages.shopUrl}/done`)
  })

  const { invoice } = await stripe.checkout.sessions.retrieve(session.id, { expand: ['invoice'] })
  const { amount_paid, status, subtotal, total } = invoice as Stripe.Invoice
  assert.deepEqual(
    { amount_paid, status, subtotal, total },
    { amount_paid: 1425, status: 'paid', subtotal: 1900, total: 1425 },
  )
  assert.equal((await stripe.promotionCodes.retrieve(code.id)).times_redeemed, 1)
})

test('a coupon of the session itself is taken off before the customer comes', browserNeeded, async () => {
  const stripe = pages.client()
  const coupon = await stripe.coupons.create({ amount_off: 500, currency: 'usd', duration: 'once' })
  const session = await open(stripe, { discounts: [{ coupon: coupon.id }] })

  assert.deepEqual([session.amount_total, session.discounts], [3500, [{ coupon: coupon.id, promotion_code: null }]])
  await pages.visit(session.url, async (page) => {
    assert.equal(await page.getByLabel('Promotion code').count(), 0)
    await payWithCard(page, '4242424242424242', 'Pay $35.00')
    assert.equal(page.url(), `${pages.shopUrl}/done`)
  })
})

test('an adjustable quantity changes what is paid, within its bounds', browserNeeded, async () => {
  const stripe = pages.client()
  const session = await open(stripe, {
    line_items: [
      {
        price_data: { currency: 'usd', unit_amount: 2000, product_data: { name: 'Pack' } },
        quantity: 2,
        adjustable_quantity: { enabled: true, minimum: 1, maximum: 5 },
      },
    ],
  })

  await pages.visit(session.url, async (page) => {
    await page.getByLabel('Quantity').fill('3')
    await page.getByRole('button', { name: 'Update' }).click()
    await payWithCard(page, '4000000000000002', 'Pay $60.00')
    await page.getByLabel('Quantity').fill('4')
    await page.getByRole('button', { name: 'Update' }).click()
    await payWithCard(page, '4242424242424242', 'Pay $80.00')
  })

  const { data } = await stripe.checkout.sessions.listLineItems(session.id)
  assert.deepEqual([data[0]?.quantity, data[0]?.amount_total], [4, 8000])
  const { payment_intent } = await stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })
  assert.equal((payment_intent as Stripe.PaymentIntent).amount_received, 8000)
})

test('a quantity out of bounds is refused, also when no browser checks it', browserNeeded, async () => {
  const stripe = pages.client()
  const adjustable_quantity = { enabled: true, maximum: 5 }
  const price_data = { currency: 'usd', unit_amount: 2000, product_data: { name: 'Pack' } }
  const session = await open(stripe, { line_items: [{ price_data, quantity: 2, adjustable_quantity }] })
  const { data } = await stripe.checkout.sessions.listLineItems(session.id)

  const body = new URLSearchParams({ action: 'quantity', item: data[0]?.id ?? '', quantity: '6' })
  const answer = await fetch(session.url ?? '', { method: 'POST', body, redirect: 'manual' })

  assert.equal(answer.status, 402)
  assert.match(await answer.text(), /Enter a quantity between 1 and 5/)
})

test('a trial says what is free and what comes after, and charges nothing', browserNeeded, async () => {
  const stripe = pages.client()
  const session = await open(stripe, {
    mode: 'subscription',
    subscription_data: { trial_period_days: 14 },
    line_items: [{ price_data: recurring, quantity: 1 }],
  })

  await pages.visit(session.url, async (page) => {
    assert.match((await page.textContent('h1')) ?? '', /14 days free\s+Then \$19\.00 per month/)
    assert.match((await page.textContent('.sums .due')) ?? '', /Total due today\$0\.00/)
    await payWithCard(page, '4242424242424242', 'Start trial')
    assert.equal(page.url(), `${pages.shopUrl}/done`)
  })

  const { subscription } = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
  assert.equal((subscription as Stripe.Subscription).status, 'trialing')
  assert.equal((await stripe.charges.list()).data.length, 0)
})

test('set-up mode saves a card and charges nothing', browserNeeded, async () => {
  const stripe = pages.client()
  const customer = await stripe.customers.create()
  const session = await open(stripe, { mode: 'setup', currency: 'usd', customer: customer.id, line_items: [] })

  await pages.visit(session.url, async (page) => {
    await payWithCard(page, '4000000000000002', 'Save card')
    assert.match((await page.getByRole('alert').textContent()) ?? '', /The card was not saved.*declined/)
    await payWithCard(page, '4242424242424242', 'Save card')
    assert.equal(page.url(), `${pages.shopUrl}/done`)
  })

  const { data } = await stripe.paymentMethods.list({ customer: customer.id })
  assert.deepEqual(
    data.map(({ card }) => card?.last4),
    ['4242'],
  )
  assert.equal((await stripe.charges.list()).data.length, 0)
})

test('a bank debit completes the session unpaid, and is paid when the bank answers', browserNeeded, async () => {
  const stripe = pages.client()
  const params = { payment_method_types: ['card', 'sepa_debit'] } as Partial<Stripe.Checkout.SessionCreateParams>
  const session = await open(stripe, params, { apiVersion: '2025-03-31.basil' })

  await pages.visit(session.url, async (page) => {
    await page.getByRole('link', { name: 'SEPA Direct Debit' }).click()
    await page.getByLabel('Email').fill('ann@example.com')
    await page.getByLabel('Name on the account').fill('Ann Example')
    await page.getByLabel('IBAN').fill('AT61 1904 3002 3457 3202')
    await page.getByRole('button', { name: 'Pay $40.00' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /IBAN you provided is invalid/)
    await page.getByLabel('IBAN').fill('AT61 1904 3002 3457 3201')
    await page.getByRole('button', { name: 'Pay $40.00' }).click()
    assert.equal(page.url(), `${pages.shopUrl}/done`)
  })

  const done = await stripe.checkout.sessions.retrieve(session.id)
  assert.deepEqual([done.status, done.payment_status], ['complete', 'unpaid'])
  await pages.sandbox.pass(10)
  assert.equal((await stripe.checkout.sessions.retrieve(session.id)).payment_status, 'paid')
})

test(
  'tax is shown before it is paid: the page asks for the address and says the new total',
  browserNeeded,
  async () => {
    const stripe = pages.client()
    await stripe.tax.settings.update({ head_office: { address: { country: 'US' } } })
    const country_options = { us: { state: 'CA', type: 'state_sales_tax' as const } }
    await stripe.tax.registrations.create({ active_from: 'now', country: 'US', country_options })
    const session = await open(stripe, { automatic_tax: { enabled: true } })

    await pages.visit(session.url, async (page) => {
      await payWithCard(page, '4242424242424242', 'Pay $40.00')
      assert.match((await page.getByRole('alert').textContent()) ?? '', /Enter the country/)
      await page.getByLabel('Country').fill('us')
      await page.getByLabel('Postal code').fill('94111')
      await payWithCard(page, '4242424242424242', 'Pay $40.00')
      assert.match((await page.getByRole('alert').textContent()) ?? '', /the total is \$42\.90/)
      assert.match((await page.textContent('.sums')) ?? '', /Tax\$2\.90\s*Total due\$42\.90/)
      await payWithCard(page, '4242424242424242', 'Pay $42.90')
      assert.equal(page.url(), `${pages.shopUrl}/done`)
    })

    assert.equal((await stripe.charges.list()).data[0]?.amount, 4290)
  },
)
