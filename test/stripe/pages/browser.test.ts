import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type Stripe from 'stripe'
import { launchBrowser } from '../../support/browser.ts'
import { need } from '../../support/need.ts'
import { type Sandbox, startSandbox } from '../../support/stripe.ts'

const browserNeeded = need('chromium')
let sandbox: Sandbox
let browser: Browser
let shop: Server
let shopUrl: string

before(async () => {
  if (browserNeeded.skip) return
  sandbox = await startSandbox()
  browser = await launchBrowser()
  shop = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<h1>The shop</h1>'))
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
})
after(async () => {
  if (browserNeeded.skip) return
  await browser.close()
  await sandbox.server.close()
  shop.closeAllConnections()
  shop.close()
})

const open = (stripe: Stripe, params: Partial<Stripe.Checkout.SessionCreateParams> = {}) =>
  stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: `${shopUrl}/done?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shopUrl}/cart`,
    line_items: [
      {
        price_data: { currency: 'usd', unit_amount: 2000, product_data: { name: 'Starter <b>pack</b>' } },
        quantity: 2,
      },
    ],
    ...params,
  })

/** Runs with scripts switched off: the pages must not need any. Complaints of the browser fail the test. */
async function visit(url: string, run: (page: Page) => Promise<void>, options: BrowserContextOptions = {}) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('status of 402')) complaints.push(message.text())
  })
  await page.goto(url)
  await run(page)
  await context.close()
  assert.deepEqual(complaints, [])
}

async function pay(page: Page, number: string, button = 'Pay $40.00') {
  await page.getByLabel('Email').fill('ann@example.com')
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expiry date').fill('12 / 34')
  await page.getByLabel('Security code').fill('123')
  await page.getByLabel('Name on card').fill('Ann Example')
  await page.getByRole('button', { name: button }).click()
}

test('a customer pays and comes back to the shop with the session id', browserNeeded, async () => {
  const stripe = sandbox.client()
  const session = await open(stripe)

  await visit(session.url ?? '', async (page) => {
    assert.match((await page.textContent('main')) ?? '', /Starter <b>pack<\/b>/)
    await pay(page, '4242 4242 4242 4242')
    assert.equal(page.url(), `${shopUrl}/done?session=${session.id}`)
  })

  const paid = await stripe.checkout.sessions.retrieve(session.id)
  assert.deepEqual(
    [paid.status, paid.payment_status, paid.customer_details?.email],
    ['complete', 'paid', 'ann@example.com'],
  )
})

test('a declined card is said, nothing secret is shown again, and another card works', browserNeeded, async () => {
  const stripe = sandbox.client()
  const session = await open(stripe)

  await visit(session.url ?? '', async (page) => {
    await pay(page, '4000000000000002')
    assert.match((await page.getByRole('alert').textContent()) ?? '', /Your card was declined\./)
    assert.equal(await page.getByLabel('Card number').inputValue(), '')
    assert.equal(await page.getByLabel('Security code').inputValue(), '')
    assert.equal(await page.getByLabel('Name on card').inputValue(), 'Ann Example')

    await pay(page, '4242424242424242')
    assert.equal(page.url(), `${shopUrl}/done?session=${session.id}`)
  })
})

test('a wrong field is named and marked', browserNeeded, async () => {
  const session = await open(sandbox.client())

  await visit(session.url ?? '', async (page) => {
    await pay(page, '4242424242424241')
    assert.match((await page.getByRole('alert').textContent()) ?? '', /Your card number is incorrect\./)
    assert.equal(await page.getByLabel('Card number').getAttribute('aria-invalid'), 'true')
  })
})

test('3-D Secure passed pays; failed goes back to the form with the reason', browserNeeded, async () => {
  const session = await open(sandbox.client())

  await visit(session.url ?? '', async (page) => {
    await pay(page, '4000002760003184')
    await page.getByRole('button', { name: 'Fail authentication' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /unable to authenticate your payment method/)

    await pay(page, '4000002760003184')
    assert.match((await page.textContent('main')) ?? '', /\$40\.00 with your card ending in 3184/)
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    assert.equal(page.url(), `${shopUrl}/done?session=${session.id}`)
  })
})

test('a subscription starts after 3-D Secure', browserNeeded, async () => {
  const stripe = sandbox.client()
  const price_data = {
    currency: 'eur',
    unit_amount: 1900,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro' },
  } as const
  const session = await open(stripe, { mode: 'subscription', line_items: [{ price_data, quantity: 1 }] })

  await visit(session.url ?? '', async (page) => {
    await pay(page, '4000002760003184', 'Subscribe')
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    assert.equal(page.url(), `${shopUrl}/done?session=${session.id}`)
  })

  const { subscription } = await stripe.checkout.sessions.retrieve(session.id, { expand: ['subscription'] })
  assert.equal((subscription as Stripe.Subscription).status, 'active')
})

test('a page that was paid or has expired says so, and offers the way back', browserNeeded, async () => {
  const stripe = sandbox.client()
  const paid = await open(stripe)
  const expired = await open(stripe)
  const url = expired.url ?? ''
  await stripe.checkout.sessions.expire(expired.id)

  await visit(paid.url ?? '', async (page) => {
    await pay(page, '4242424242424242')
    await page.goto(paid.url ?? '')
    assert.equal(await page.getByRole('heading').textContent(), 'This is paid already')
  })
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(url)
  assert.equal(await page.getByRole('heading').textContent(), 'This page has expired')
  await page.getByRole('link', { name: 'Back to the shop' }).click()
  assert.equal(page.url(), `${shopUrl}/cart`)
  await context.close()
})

test('on a phone nothing is wider than the screen and every control can be tapped', browserNeeded, async () => {
  const session = await open(sandbox.client())
  const phone = { viewport: { width: 390, height: 844 }, javaScriptEnabled: true }

  await visit(
    session.url ?? '',
    async (page) => {
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390)
      for (const control of await page.locator('input:visible, button').all())
        assert.ok(((await control.boundingBox())?.height ?? 0) >= 44)
      await page.getByRole('link', { name: 'Back to Sandbox Shop' }).click()
      assert.equal(page.url(), `${shopUrl}/cart`)
    },
    phone,
  )
})
