import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import Stripe from 'stripe'
import { need } from '../../support/need.ts'
import { openPages, type Pages } from './pages.ts'
import { scriptPage } from './shop-page.ts'

const browserNeeded = need('chromium')
let pages: Pages
let accounts = 0

const bodies: Record<string, [body: string, script: string]> = {
  '/address': [
    '<div id="email"></div><div id="address"></div><div id="payment"></div>',
    `const elements = stripe.elements({ clientSecret: query.get('secret') })
    const link = elements.create('linkAuthentication')
    const address = elements.create('address', { mode: query.get('mode'), fields: { phone: 'always' }, defaultValues: { name: 'Ann Example' } })
    for (const element of [link, address]) element.on('change', (event) => events.push(event))
    link.mount('#email')
    address.mount('#address')
    elements.create('payment').mount('#payment')
    onSubmit(async () => {
      const { error } = await elements.submit()
      if (error) return { error }
      const { value } = await address.getValue()
      const confirmParams = { return_url: location.origin + '/done' }
      return { value, ...(await stripe.confirmPayment({ elements, confirmParams, redirect: 'if_required' })) }
    })`,
  ],
  '/token': [
    '<div id="payment"></div>',
    `const elements = stripe.elements({ mode: 'payment', amount: 900, currency: 'usd' })
    elements.create('payment').mount('#payment')
    onSubmit(async () => {
      const params = { return_url: location.origin + '/done', shipping: { name: 'Ann', address: { country: 'US' } } }
      const made = await stripe.createConfirmationToken({ elements, params })
      if (made.error || !query.get('secret')) return made
      return stripe.confirmPayment({
        clientSecret: query.get('secret'),
        confirmParams: { confirmation_token: made.confirmationToken.id },
        redirect: 'if_required',
      })
    })`,
  ],
  '/express': [
    '<div id="express"></div>',
    `const elements = stripe.elements({ clientSecret: query.get('secret') })
    const express = elements.create('expressCheckout')
    for (const name of ['ready', 'cancel', 'shippingratechange']) express.on(name, (event) => {
      events.push({ name, ...event })
      event.resolve?.({ lineItems: [{ name: 'Fast', amount: 700 }] })
    })
    express.on('shippingaddresschange', ({ address, resolve }) => resolve({ lineItems: [{ name: address.country, amount: 2000 }] }))
    express.on('click', ({ resolve }) => resolve({
      emailRequired: true,
      shippingAddressRequired: true,
      shippingRates: [{ id: 'slow', amount: 0, displayName: 'Slow' }, { id: 'fast', amount: 700, displayName: 'Fast' }],
    }))
    express.on('confirm', async ({ billingDetails, shippingAddress, shippingRate }) => {
      const done = await stripe.confirmPayment({ elements, confirmParams: { return_url: location.origin + '/done' }, redirect: 'if_required' })
      show({ billingDetails, shippingAddress, shippingRate, ...done })
    })
    express.mount('#express')`,
  ],
  '/request': [
    '<div id="button"></div>',
    `const paymentRequest = stripe.paymentRequest({
      country: 'US', currency: 'usd', total: { label: 'Pack', amount: 2000 },
      requestPayerName: true, requestPayerEmail: true,
    })
    paymentRequest.canMakePayment().then((can) => {
      events.push(can)
      if (can) stripe.elements().create('paymentRequestButton', { paymentRequest }).mount('#button')
    })
    paymentRequest.on('cancel', () => events.push('cancel'))
    paymentRequest.on('paymentmethod', async ({ complete, payerEmail, payerName, paymentMethod, walletName }) => {
      const { paymentIntent, error } = await stripe.confirmCardPayment(query.get('secret'), { payment_method: paymentMethod.id }, { handleActions: false })
      complete(error ? 'fail' : 'success')
      show({ payerEmail, payerName, walletName, status: paymentIntent.status })
    })`,
  ],
}

before(async () => {
  if (browserNeeded.skip) return
  pages = await openPages((url) => {
    const [body, script] = bodies[new URL(url, 'http://shop').pathname] ?? []
    if (body === undefined || script === undefined) return '<link rel="icon" href="data:,"><h1>Done</h1>'
    return scriptPage(pages.sandbox.server.url, body, script)
  })
})
after(() => pages?.close())

function openShop(): { stripe: Stripe; key: string } {
  const name = `elements${accounts++}`
  const { port } = pages.sandbox.server
  const stripe = new Stripe(`sk_test_${name}`, { host: '127.0.0.1', port, protocol: 'http', telemetry: false })
  return { stripe, key: `pk_test_${name}` }
}

const visit = (path: string, query: Record<string, string | null>, run: (page: Page) => Promise<void>) =>
  pages.visit(
    `${pages.shopUrl}${path}?${new URLSearchParams(Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value ?? ''])))}`,
    run,
    { javaScriptEnabled: true },
  )

async function outcome(page: Page): Promise<Record<string, Record<string, unknown>>> {
  await page.locator('#outcome:not(:empty)').waitFor()
  return JSON.parse((await page.textContent('#outcome')) ?? '')
}

/** Presses the page's button and waits for what comes of it, not for what is left of the time before. */
async function pay(page: Page) {
  await page.evaluate(`document.getElementById('outcome').textContent = ''`)
  await page.getByRole('button', { name: 'Pay', exact: true }).click()
  return outcome(page)
}

async function fillCard(page: Page): Promise<void> {
  const form = page.frameLocator('iframe[title="Secure payment input frame"]')
  await form.getByLabel('Card number').fill('4242424242424242')
  await form.getByLabel('Expiration date').fill('12 / 34')
  await form.getByLabel('Security code').fill('123')
  const zip = form.getByLabel('ZIP code')
  if (await zip.count()) await zip.fill('12345')
}

const eventsOf = (page: Page) => page.evaluate('events') as Promise<Record<string, unknown>[]>

for (const mode of ['billing', 'shipping'] as const)
  test(`the ${mode} address and the email of their elements go into the payment`, browserNeeded, async () => {
    const { key, stripe } = openShop()
    const intent = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })

    await visit('/address', { key, secret: intent.client_secret, mode }, async (page) => {
      const address = page.frameLocator('iframe[title="Secure address input frame"]')
      const email = page.frameLocator('iframe[title="Secure email input frame"]').getByLabel('Email')
      await email.fill('ann@example.com')
      assert.equal(await address.getByLabel('Full name').inputValue(), 'Ann Example')
      await address.getByLabel('Country').selectOption('DE')
      await address.getByLabel('Address line 1').fill('Am Markt 1')
      await address.getByLabel('City').fill('Jena')
      await address.getByLabel('ZIP code').fill('07743')
      await fillCard(page)
      const refused = await pay(page)
      assert.deepEqual(refused.error?.code, 'incomplete_phone_number')

      await address.getByLabel('Phone number').fill('+49 1')
      const { error, paymentIntent, value } = await pay(page)
      assert.deepEqual([error, paymentIntent?.status], [undefined, 'succeeded'])
      assert.deepEqual(value, {
        name: 'Ann Example',
        address: { line1: 'Am Markt 1', line2: null, city: 'Jena', state: '', postal_code: '07743', country: 'DE' },
        phone: '+49 1',
      })
      const last = (await eventsOf(page)).at(-1)
      assert.deepEqual([last?.elementMode, last?.complete, last?.value], [mode, true, value])
    })

    const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['payment_method'] })
    const { billing_details } = paid.payment_method as Stripe.PaymentMethod
    const contact = mode === 'billing' ? billing_details : paid.shipping
    assert.equal(billing_details.email, 'ann@example.com')
    assert.deepEqual([contact?.name, contact?.address?.city, contact?.phone], ['Ann Example', 'Jena', '+49 1'])
  })

test(
  'a confirmation token is made of the form, and confirmed on the server or in the page',
  browserNeeded,
  async () => {
    const { key, stripe } = openShop()
    const intent = await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })

    await visit('/token', { key }, async (page) => {
      await fillCard(page)
      const { confirmationToken } = await pay(page)
      const preview = confirmationToken?.payment_method_preview as { card?: { last4?: string } }
      assert.equal(preview.card?.last4, '4242')
      const params = { amount: 900, currency: 'usd', confirm: true }
      const paid = await stripe.paymentIntents.create({ ...params, confirmation_token: String(confirmationToken?.id) })
      assert.deepEqual([paid.status, paid.shipping?.name], ['succeeded', 'Ann'])
    })
    await visit('/token', { key, secret: intent.client_secret }, async (page) => {
      await fillCard(page)
      assert.equal((await pay(page)).paymentIntent?.status, 'succeeded')
    })
  },
)

test('the express checkout button opens a wallet, asks about shipping, and pays', browserNeeded, async () => {
  const { key, stripe } = openShop()
  const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' })

  await visit('/express', { key, secret: intent.client_secret }, async (page) => {
    const button = page.frameLocator('iframe[title="Secure express checkout frame"]').getByRole('button')
    const wallet = page.getByRole('dialog', { name: 'Test wallet' })
    await button.click()
    await wallet.getByRole('button', { name: 'Cancel' }).click()
    await button.click()
    assert.match((await wallet.textContent()) ?? '', /Ship to Jenny Rosen.*US: \$20\.00/)
    await wallet.getByLabel('Shipping').selectOption('fast')
    await wallet.getByText('Fast: $7.00').waitFor()
    await wallet.getByRole('button', { name: 'Pay $20.00' }).click()
    const done = await outcome(page)
    assert.deepEqual(
      [done.paymentIntent?.status, done.billingDetails?.email, done.shippingRate?.id],
      ['succeeded', 'jenny.rosen@example.com', 'fast'],
    )
    const [first, second] = await eventsOf(page)
    assert.deepEqual(first?.availablePaymentMethods, { applePay: false, googlePay: true, link: false })
    assert.equal(second?.name, 'cancel')
  })

  const { latest_charge, shipping } = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] })
  const wallet = (latest_charge as Stripe.Charge).payment_method_details?.card?.wallet
  assert.deepEqual([wallet?.type, shipping?.address?.city], ['google_pay', 'San Francisco'])
})

test('the payment request button pays by wallet; a page that disables it gets none', browserNeeded, async () => {
  const { key, stripe } = openShop()
  const intent = await stripe.paymentIntents.create({ amount: 2000, currency: 'usd' })

  await visit('/request', { key, secret: intent.client_secret }, async (page) => {
    await page.frameLocator('iframe[title="Secure payment button frame"]').getByRole('button').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Pay $20.00' }).click()
    const { payerEmail, payerName, status, walletName } = await outcome(page)
    assert.deepEqual(
      [payerEmail, payerName, status, walletName],
      ['jenny.rosen@example.com', 'Jenny Rosen', 'succeeded', 'googlePay'],
    )
    const none = `stripe.paymentRequest({ country: 'US', currency: 'usd', total: { label: 'x', amount: 1 }, disableWallets: ['googlePay'] }).canMakePayment()`
    assert.equal(await page.evaluate(none), null)
  })
})
