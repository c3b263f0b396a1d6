import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import Stripe from 'stripe'
import { need } from '../../support/need.ts'
import { openPages, type Pages } from './pages.ts'
import { cardElementPage, paymentElementPage } from './shop-page.ts'

const browserNeeded = need('chromium')
let pages: Pages
let accounts = 0

before(async () => {
  if (browserNeeded.skip) return
  pages = await openPages((url) => {
    const { pathname, searchParams } = new URL(url, 'http://shop')
    if (pathname === '/payment') return paymentElementPage(pages.sandbox.server.url)
    if (pathname === '/card') return cardElementPage(pages.sandbox.server.url, searchParams.get('call') ?? '')
    return '<link rel="icon" href="data:,"><h1>Done</h1>'
  })
})
after(() => pages?.close())

interface Shop {
  stripe: Stripe
  key: string
}

/** A secret and a publishable key of one new account. */
function openShop(): Shop {
  const name = `browser${accounts++}`
  const { port } = pages.sandbox.server
  const stripe = new Stripe(`sk_test_${name}`, { host: '127.0.0.1', port, protocol: 'http', telemetry: false })
  return { stripe, key: `pk_test_${name}` }
}

const intentFor = ({ stripe }: Shop, params: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({ amount: 2000, currency: 'usd', ...params })

const withScripts = { javaScriptEnabled: true }

const visit = (path: string, query: Record<string, string | null>, run: (page: Page) => Promise<void>) => {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== null)
  return pages.visit(`${pages.shopUrl}${path}?${new URLSearchParams(entries)}`, run, withScripts)
}

/** Types as a person's browser test of a page with Stripe.js does. */
async function fillPayment(page: Page, number: string): Promise<void> {
  const form = page.frameLocator('iframe[title="Secure payment input frame"]')
  await form.getByLabel('Card number').pressSequentially(number)
  await form.getByLabel('Expiration date').pressSequentially('1234')
  await form.getByLabel('Security code').pressSequentially('123')
  await form.getByLabel('ZIP code').pressSequentially('12345')
}

async function fillCard(page: Page, number: string): Promise<void> {
  const form = page.frameLocator('iframe[name^="__privateStripeFrame"]')
  await form.locator('[name="cardnumber"]').fill(number)
  await form.locator('[name="exp-date"]').fill('12/34')
  await form.locator('[name="cvc"]').fill('123')
  await form.locator('[name="postal"]').fill('12345')
}

async function submit(page: Page): Promise<Record<string, Record<string, unknown>>> {
  await page.getByRole('button', { name: 'Pay' }).click()
  await page.locator('#outcome:not(:empty)').waitFor()
  return JSON.parse((await page.textContent('#outcome')) ?? '')
}

const eventsOf = (page: Page) => page.evaluate('events') as Promise<Record<string, unknown>[]>

test('the Payment Element pays, tells of its states and shows no field of the shop only', browserNeeded, async () => {
  const shop = openShop()
  const customer = await shop.stripe.customers.create()
  const intent = await intentFor(shop, { customer: customer.id, metadata: { secret: 'of the shop' } })

  await visit('/payment', { key: shop.key, secret: intent.client_secret }, async (page) => {
    await fillPayment(page, '4242424242424242')
    const { paymentIntent } = await submit(page)
    assert.equal(paymentIntent?.status, 'succeeded')
    assert.ok(!('metadata' in (paymentIntent ?? {})))
    const events = await eventsOf(page)
    assert.equal(events[0]?.name, 'ready')
    const changes = events.filter(({ name }) => name === 'change')
    assert.deepEqual(
      [changes[0]?.complete, changes[0]?.empty, changes.at(-1)?.complete, changes.at(-1)?.value],
      [false, false, true, { type: 'card' }],
    )
  })

  const paid = await shop.stripe.paymentIntents.retrieve(intent.id, { expand: ['payment_method'] })
  const method = paid.payment_method as Stripe.PaymentMethod
  assert.deepEqual(
    [paid.status, method.card?.exp_year, method.billing_details.address?.postal_code],
    ['succeeded', 2034, '12345'],
  )
})

test('a decline comes back as an error with its code, and another card works', browserNeeded, async () => {
  const shop = openShop()
  const intent = await intentFor(shop)

  await visit('/payment', { key: shop.key, secret: intent.client_secret }, async (page) => {
    await fillPayment(page, '4000000000009995')
    const { error } = await submit(page)
    assert.deepEqual(
      [error?.type, error?.code, error?.decline_code],
      ['card_error', 'card_declined', 'insufficient_funds'],
    )
    await page.frameLocator('iframe').getByLabel('Card number').fill('4242424242424242')
    await page.evaluate(`document.getElementById('outcome').textContent = ''`)
    await page.getByRole('button', { name: 'Pay' }).click()
    await page.getByText('"status":"succeeded"').waitFor()
  })
})

test('what is not filled in is said in the form and never reaches the sandbox', browserNeeded, async () => {
  const shop = openShop()
  const intent = await intentFor(shop)

  await visit('/payment', { key: shop.key, secret: intent.client_secret }, async (page) => {
    await page.frameLocator('iframe').getByLabel('Card number').fill('4242')
    const { error } = await submit(page)
    assert.deepEqual([error?.type, error?.code], ['validation_error', 'incomplete_number'])
    assert.equal(await page.frameLocator('iframe').getByText('Your card number is incomplete.').count(), 1)
  })

  assert.equal((await shop.stripe.paymentIntents.retrieve(intent.id)).status, 'requires_payment_method')
})

test('3-D Secure opens over the page; failed and passed come back to it', browserNeeded, async () => {
  const shop = openShop()
  for (const [button, result] of [
    ['Fail authentication', 'payment_intent_authentication_failure'],
    ['Complete authentication', 'succeeded'],
  ] as const) {
    const intent = await intentFor(shop)
    await visit('/payment', { key: shop.key, secret: intent.client_secret }, async (page) => {
      await fillPayment(page, '4000002760003184')
      await page.getByRole('button', { name: 'Pay' }).click()
      const bank = page.frameLocator('iframe[title="3-D Secure authentication"]')
      await bank.getByRole('button', { name: button }).click()
      await page.locator('#outcome:not(:empty)').waitFor()
      assert.match((await page.textContent('#outcome')) ?? '', new RegExp(result))
      assert.equal(await page.locator('dialog').count(), 0)
    })
  }
})

test('confirmPayment goes to the return_url by itself, with what the page there reads', browserNeeded, async () => {
  const shop = openShop()
  const intent = await intentFor(shop)

  await visit('/payment', { key: shop.key, secret: intent.client_secret, redirect: 'always' }, async (page) => {
    await fillPayment(page, '4242424242424242')
    await page.getByRole('button', { name: 'Pay' }).click()
    await page.waitForURL('**/done?**')
    const query = new URL(page.url()).searchParams
    assert.deepEqual(Object.fromEntries(query), {
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: 'succeeded',
    })
  })
})

test('the Payment Element offers the bank debits of its intent', browserNeeded, async () => {
  const shop = openShop()
  const params = { amount: 2000, currency: 'eur', payment_method_types: ['card', 'sepa_debit'] }
  const intent = await shop.stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams, {
    apiVersion: '2025-03-31.basil',
  })

  await visit('/payment', { key: shop.key, secret: intent.client_secret }, async (page) => {
    const form = page.frameLocator('iframe[title="Secure payment input frame"]')
    await form.getByRole('tab', { name: 'SEPA Debit' }).click()
    await form.getByLabel('Full name').fill('Ann Example')
    await form.getByLabel('Email').fill('ann@example.com')
    await form.getByLabel('IBAN').fill('AT61 1904 3002 3457 3201')
    const { paymentIntent } = await submit(page)
    assert.equal(paymentIntent?.status, 'processing')
    assert.deepEqual((await eventsOf(page)).at(-1)?.value, { type: 'sepa_debit' })
  })
})

test('confirmSetup saves a card, with its challenge', browserNeeded, async () => {
  const shop = openShop()
  const customer = await shop.stripe.customers.create()
  const intent = await shop.stripe.setupIntents.create({ customer: customer.id })

  await visit('/payment', { key: shop.key, secret: intent.client_secret }, async (page) => {
    await fillPayment(page, '4000002500003155')
    await page.getByRole('button', { name: 'Pay' }).click()
    const bank = page.frameLocator('iframe[title="3-D Secure authentication"]')
    await bank.getByRole('button', { name: 'Complete authentication' }).click()
    await page.getByText('"status":"succeeded"').waitFor()
  })

  const { data } = await shop.stripe.paymentMethods.list({ customer: customer.id })
  assert.deepEqual(
    data.map(({ card }) => card?.last4),
    ['3155'],
  )
})

test('the card element serves confirmCardPayment, createPaymentMethod and createToken', browserNeeded, async () => {
  const shop = openShop()
  const intent = await intentFor(shop)
  const calls = {
    paymentIntent:
      "return stripe.confirmCardPayment(query.get('secret'), { payment_method: { card, billing_details: { name: 'Ann' } } })",
    paymentMethod: "return stripe.createPaymentMethod({ type: 'card', card, billing_details: { name: 'Ann' } })",
    token: "return stripe.createToken(card, { name: 'Ann' })",
  }

  for (const [name, call] of Object.entries(calls))
    await visit('/card', { key: shop.key, secret: intent.client_secret, call }, async (page) => {
      await fillCard(page, '4242424242424242')
      const outcome = await submit(page)
      assert.match(String(outcome[name]?.id), /^(pi|pm|tok)_/, JSON.stringify(outcome))
      const last = (await eventsOf(page)).at(-1)
      assert.deepEqual([last?.complete, last?.brand], [true, 'visa'])
    })

  assert.equal((await shop.stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
})

test('an intent that asked for an action on the server is continued by handleNextAction', browserNeeded, async () => {
  const shop = openShop()
  const intent = await intentFor(shop, {
    confirm: true,
    payment_method: 'pm_card_threeDSecure2Required',
    use_stripe_sdk: true,
  })
  const call = "return stripe.handleNextAction({ clientSecret: query.get('secret') })"

  await visit('/card', { key: shop.key, secret: intent.client_secret, call }, async (page) => {
    await page.getByRole('button', { name: 'Pay' }).click()
    const bank = page.frameLocator('iframe[title="3-D Secure authentication"]')
    await bank.getByRole('button', { name: 'Complete authentication' }).click()
    await page.getByText('"status":"succeeded"').waitFor()
  })
})

test('redirectToCheckout opens the session; embedded Checkout pays inside the page', browserNeeded, async () => {
  const shop = openShop()
  const price_data = { currency: 'usd', unit_amount: 2000, product_data: { name: 'Pack' } }
  const common = { mode: 'payment' as const, line_items: [{ price_data, quantity: 1 }] }
  const hosted = await shop.stripe.checkout.sessions.create({ ...common, success_url: `${pages.shopUrl}/done` })
  const embedded = await shop.stripe.checkout.sessions.create({
    ...common,
    ui_mode: 'embedded_page',
    return_url: `${pages.shopUrl}/done?session={CHECKOUT_SESSION_ID}`,
  })

  const redirect = "return stripe.redirectToCheckout({ sessionId: query.get('secret') })"
  await visit('/card', { key: shop.key, secret: hosted.id, call: redirect }, async (page) => {
    await page.getByRole('button', { name: 'Pay' }).click()
    await page.waitForURL(hosted.url ?? '')
  })
  const embed =
    "const checkout = await stripe.initEmbeddedCheckout({ fetchClientSecret: async () => query.get('secret') }); checkout.mount('#card-element'); return {}"
  await visit('/card', { key: shop.key, secret: embedded.client_secret, call: embed }, async (page) => {
    await page.getByRole('button', { name: 'Pay' }).click()
    const form = page.frameLocator('iframe[name="embedded-checkout"]')
    await form.getByLabel('Email').fill('ann@example.com')
    await form.getByLabel('Card number').fill('4242424242424242')
    await form.getByLabel('Expiry date').fill('12/34')
    await form.getByLabel('Security code').fill('123')
    await form.getByLabel('Name on card').fill('Ann')
    await form.getByRole('button', { name: 'Pay $20.00' }).click()
    await page.waitForURL(`${pages.shopUrl}/done?session=${embedded.id}`)
  })
})

test(
  "a test that sends js.stripe.com elsewhere gets the sandbox's script, and that finds its sandbox",
  browserNeeded,
  async () => {
    const shop = openShop()
    const intent = await intentFor(shop)
    const context = await pages.browser.newContext()
    const page = await context.newPage()
    await page.route('https://js.stripe.com/**', async (route) =>
      route.fulfill({ response: await route.fetch({ url: `${pages.sandbox.server.url}/v3/` }) }),
    )

    await page.goto(`${pages.shopUrl}/done`)
    await page.addScriptTag({ url: 'https://js.stripe.com/v3/' })
    const status = await page.evaluate(
      `Stripe('${shop.key}').retrievePaymentIntent('${intent.client_secret}').then(({ paymentIntent }) => paymentIntent.status)`,
    )

    assert.equal(status, 'requires_payment_method')
    await context.close()
  },
)

test('a secret key, a wrong client secret and an unknown place are refused', browserNeeded, async () => {
  const shop = openShop()
  const intent = await intentFor(shop)
  const other = `${intent.id}_secret_${'x'.repeat(25)}`
  const call = `
    const thrown = (work) => { try { work() } catch (error) { return error.message } }
    return {
      key: thrown(() => Stripe('sk_test_1')),
      place: thrown(() => stripe.elements().create('card').mount('#nowhere')),
      secret: (await stripe.retrievePaymentIntent(query.get('secret'))).error.code,
    }`

  await visit('/card', { key: shop.key, secret: other, call }, async (page) => {
    const outcome = await submit(page)
    assert.match(String(outcome.key), /should not use your secret key/)
    assert.match(String(outcome.place), /applies to no DOM elements/)
    assert.equal(outcome.secret, 'resource_missing')
  })
})
