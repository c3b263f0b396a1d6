import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type Stripe from 'stripe'
import { need } from '../../support/need.ts'
import { refusalOf } from '../../support/stripe.ts'
import { openPages, type Pages, payWithCard } from './pages.ts'
import { eventsAfter, openPortal, openShop } from './portal-shop.ts'

const browserNeeded = need('chromium')
let pages: Pages

before(async () => {
  if (!browserNeeded.skip) pages = await openPages()
})
after(() => pages?.close())

test(
  'the first page shows the plan, its next charge, the card and the invoices, and leads back',
  browserNeeded,
  async () => {
    const shop = await openShop(pages)
    const session = await openPortal(pages, shop)

    await pages.visit(session.url, async (page) => {
      const text = (await page.textContent('main')) ?? ''
      assert.match(text, /Basic\s*Active.*\$10\.00 per month.*Next charge: \$10\.00 on .*Visa •••• 4242/s)
      assert.match(text, /Ann Example.*ann@example\.com/s)
      assert.match(text, /Invoice history.*\$10\.00\s*Paid/s)
      await page.locator('#invoices ~ table a').click()
      assert.match(page.url(), /\/i\/in_/)
      await page.goBack()
      await page.getByRole('link', { name: 'Return to Sandbox Shop' }).first().click()
      assert.equal(page.url(), `${pages.shopUrl}/account`)
    })
  },
)

test('a switch says what it costs, charges it, and emits what the API emits', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(pages, shop)

  await pages.visit(session.url, async (page) => {
    await page.getByRole('link', { name: 'Change plan' }).click()
    await page.getByLabel('Pro').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    assert.match((await page.textContent('.facts')) ?? '', /Pro.*\$30\.00 per month.*Due today\s*\$20\.00/s)
    assert.equal(
      (await shop.stripe.subscriptions.retrieve(shop.subscription.id)).items.data[0]?.price.id,
      shop.basic.id,
    )
    await page.getByRole('button', { name: 'Confirm' }).click()
    assert.equal(await page.getByRole('status').textContent(), 'Your plan was changed.')
    assert.match((await page.textContent('main')) ?? '', /Pro\s*Active/)
  })

  const { items } = await shop.stripe.subscriptions.retrieve(shop.subscription.id)
  assert.equal(items.data[0]?.price.id, shop.pro.id)
  const types = await eventsAfter(shop.stripe, 'billing_portal.session.created')
  for (const type of ['invoice.created', 'invoice.paid', 'customer.subscription.updated'])
    assert.ok(types.includes(type), type)
})

test('a switch that the card cannot pay is refused, and the plan stays', browserNeeded, async () => {
  const shop = await openShop(pages)
  const broke = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: shop.customer.id })
  await shop.stripe.customers.update(shop.customer.id, { invoice_settings: { default_payment_method: broke.id } })
  const session = await openPortal(pages, shop)

  await pages.visit(session.url, async (page) => {
    await page.getByRole('link', { name: 'Change plan' }).click()
    await page.getByLabel('Pro').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByRole('button', { name: 'Confirm' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /Your card was declined/)
  })

  const { items } = await shop.stripe.subscriptions.retrieve(shop.subscription.id)
  assert.equal(items.data[0]?.price.id, shop.basic.id)
})

test(
  'a subscription is canceled at the end of its period, with the reason, and kept again',
  browserNeeded,
  async () => {
    const shop = await openShop(pages)
    const session = await openPortal(pages, shop)

    await pages.visit(session.url, async (page) => {
      await page.getByRole('link', { name: 'Cancel subscription' }).click()
      await page.getByLabel("I don't use it enough").check()
      await page.getByRole('button', { name: 'Cancel subscription' }).click()
      assert.match((await page.textContent('main')) ?? '', /Ending.*Ends on/s)
      const ending = await shop.stripe.subscriptions.retrieve(shop.subscription.id)
      assert.deepEqual(
        [ending.cancel_at_period_end, ending.cancellation_details?.feedback, ending.cancellation_details?.reason],
        [true, 'unused', 'cancellation_requested'],
      )
      await page.getByRole('button', { name: "Don't cancel" }).click()
      assert.equal(await page.getByRole('status').textContent(), 'Your subscription goes on.')
    })

    assert.equal((await shop.stripe.subscriptions.retrieve(shop.subscription.id)).cancel_at_period_end, false)
    const types = await eventsAfter(shop.stripe, 'billing_portal.session.created')
    assert.deepEqual(types, ['customer.subscription.updated', 'customer.subscription.updated'])
  },
)

test('a cancellation at once ends the subscription', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(pages, shop, { subscription_cancel: { enabled: true, mode: 'immediately' } })

  await pages.visit(session.url, async (page) => {
    await page.getByRole('link', { name: 'Cancel subscription' }).click()
    await page.getByRole('button', { name: 'Cancel subscription' }).click()
    assert.match((await page.textContent('main')) ?? '', /You have no subscription/)
  })

  assert.equal((await shop.stripe.subscriptions.retrieve(shop.subscription.id)).status, 'canceled')
})

test('a declined card is said; a good one, after its challenge, pays from then on', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(pages, shop)

  await pages.visit(session.url, async (page) => {
    await page.getByRole('link', { name: 'Add payment method' }).click()
    await payWithCard(page, '4000000000000002', 'Add')
    assert.match((await page.getByRole('alert').textContent()) ?? '', /Your card was declined/)
    await payWithCard(page, '4000002500003155', 'Add')
    await page.getByRole('button', { name: 'Fail authentication' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /unable to authenticate/)
    await payWithCard(page, '4000002500003155', 'Add')
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    assert.match((await page.textContent('main')) ?? '', /Visa •••• 3155.*Default/s)
    await page.getByRole('button', { name: 'Remove Visa •••• 4242' }).click()
    assert.equal(await page.getByText('4242').count(), 0)
  })

  const customer = await shop.stripe.customers.retrieve(shop.customer.id, {
    expand: ['invoice_settings.default_payment_method'],
  })
  const chosen = (customer as Stripe.Customer).invoice_settings.default_payment_method as Stripe.PaymentMethod
  assert.equal(chosen.card?.last4, '3155')
  const types = await eventsAfter(shop.stripe, 'billing_portal.session.created')
  for (const type of [
    'setup_intent.succeeded',
    'payment_method.attached',
    'customer.updated',
    'payment_method.detached',
  ])
    assert.ok(types.includes(type), type)
})

test('details that the configuration allows are changed; others are not shown, nor taken', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(pages, shop, { customer_update: { enabled: true, allowed_updates: ['email'] } })

  await pages.visit(session.url, async (page) => {
    await page.getByRole('link', { name: 'Update information' }).click()
    assert.equal(await page.getByLabel('Name').count(), 0)
    await page.getByLabel('Email').fill('nonsense')
    await page.getByRole('button', { name: 'Save' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /complete email/)
    await page.getByLabel('Email').fill('new@example.com')
    await page.getByRole('button', { name: 'Save' }).click()
  })
  await fetch(`${session.url}/customer`, {
    method: 'POST',
    body: new URLSearchParams({ email: 'new@example.com', name: 'Eve' }),
  })

  const { email, name } = (await shop.stripe.customers.retrieve(shop.customer.id)) as Stripe.Customer
  assert.deepEqual([email, name], ['new@example.com', 'Ann Example'])
  assert.ok((await eventsAfter(shop.stripe, 'billing_portal.session.created')).includes('customer.updated'))
})

test('what the configuration does not allow is neither shown nor done', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(pages, shop, { invoice_history: { enabled: true } })

  await pages.visit(session.url, async (page) => {
    assert.deepEqual(await page.getByRole('heading').allTextContents(), [
      'Billing',
      'Subscription',
      'Basic',
      'Invoice history',
    ])
    assert.equal(await page.getByRole('link', { name: /Cancel|Change/ }).count(), 0)
  })
  const path = `${session.url}/subscriptions/${shop.subscription.id}`
  for (const step of ['cancel', 'update', 'resume'])
    await fetch(`${path}/${step}`, { method: 'POST', redirect: 'manual' })

  assert.deepEqual(await eventsAfter(shop.stripe, 'billing_portal.session.created'), [])
})

test("nobody reaches another customer's subscription or card", browserNeeded, async () => {
  const shop = await openShop(pages)
  const params = { email: 'eve@example.com', payment_method: 'pm_card_mastercard' }
  const eve = await shop.stripe.customers.create(params)
  const [card] = (await shop.stripe.paymentMethods.list({ customer: eve.id })).data
  const items = [{ price: shop.basic.id }]
  const own = await shop.stripe.subscriptions.create({
    customer: eve.id,
    items,
    default_payment_method: card?.id ?? '',
  })
  const session = await openPortal(pages, shop)

  const post = async (path: string, form: Record<string, string> = {}) =>
    (await fetch(session.url + path, { method: 'POST', redirect: 'manual', body: new URLSearchParams(form) })).status

  assert.equal(await post(`/subscriptions/${own.id}/cancel`), 404)
  assert.equal(await post(`/payment-methods/${card?.id}`, { action: 'remove' }), 402)
  assert.equal(await post(`/payment-methods/${card?.id}`, { action: 'default' }), 402)
  assert.deepEqual(await eventsAfter(shop.stripe, 'billing_portal.session.created'), [])
})

test('a flow begins where it says and ends where it says', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(pages, shop, undefined, {
    flow_data: {
      type: 'subscription_cancel',
      subscription_cancel: { subscription: shop.subscription.id },
      after_completion: { type: 'redirect', redirect: { return_url: `${pages.shopUrl}/gone` } },
    },
  })

  await pages.visit(session.url, async (page) => {
    await page.getByRole('button', { name: 'Cancel subscription' }).click()
    assert.equal(page.url(), `${pages.shopUrl}/gone`)
  })
})

test('a link that was not used in time has expired; an unknown one is nothing', browserNeeded, async () => {
  const shop = await openShop(pages)
  const unused = await openPortal(pages, shop)
  await pages.sandbox.pass(6 * 60)

  assert.equal((await fetch(unused.url)).status, 410)
  assert.equal((await fetch(`${pages.sandbox.server.url}/p/session/bps_unknown`)).status, 404)
})

test('an account without a configuration gets a default one; contradictions are refused', browserNeeded, async () => {
  const { customer, stripe } = await openShop(pages)

  const session = await stripe.billingPortal.sessions.create({ customer: customer.id })

  const made = await stripe.billingPortal.configurations.retrieve(String(session.configuration))
  assert.deepEqual([made.is_default, made.features.subscription_cancel.mode], [true, 'at_period_end'])
  const refusal = await refusalOf(
    stripe.billingPortal.configurations.create({ features: { subscription_update: { enabled: true } } }),
  )
  assert.equal(refusal.code, 'parameter_missing')
  const updated = await stripe.billingPortal.configurations.update(made.id, {
    features: { invoice_history: { enabled: false } },
  })
  assert.deepEqual(
    [updated.features.invoice_history.enabled, updated.features.subscription_cancel.enabled],
    [false, true],
  )
})

test('on a phone the portal is not wider than the screen and every control can be tapped', browserNeeded, async () => {
  const session = await openPortal(pages, await openShop(pages))
  const phone = { viewport: { width: 390, height: 844 }, javaScriptEnabled: true }

  await pages.visit(
    session.url,
    async (page) => {
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390)
      for (const control of await page.locator('.button, button').all())
        assert.ok(((await control.boundingBox())?.height ?? 0) >= 44)
    },
    phone,
  )
})
