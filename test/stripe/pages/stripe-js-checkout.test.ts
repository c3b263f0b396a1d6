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

const script = `
  const checkout = stripe.initCheckout({ clientSecret: Promise.resolve(query.get('secret')) })
  checkout.on('change', (session) => events.push(session))
  checkout.createPaymentElement().mount('#payment')
  let actions
  checkout.loadActions().then((result) => {
    actions = result.actions
    show(actions.getSession().total.total)
  })
  onSubmit(() => actions.confirm({ redirect: query.get('redirect') ?? 'if_required' }))`

before(async () => {
  if (browserNeeded.skip) return
  pages = await openPages((url) =>
    url.startsWith('/shop')
      ? scriptPage(pages.sandbox.server.url, '<div id="payment"></div>', script)
      : '<link rel="icon" href="data:,"><h1>Done</h1>',
  )
})
after(() => pages?.close())

async function openSession(): Promise<{ stripe: Stripe; session: Stripe.Checkout.Session; key: string }> {
  const name = `checkout${accounts++}`
  const { port } = pages.sandbox.server
  const stripe = new Stripe(`sk_test_${name}`, { host: '127.0.0.1', port, protocol: 'http', telemetry: false })
  const price_data = { currency: 'usd', unit_amount: 2000, product_data: { name: 'Pack' } }
  const adjustable_quantity = { enabled: true, maximum: 5 }
  const session = await stripe.checkout.sessions.create({
    mode: 'payment',
    ui_mode: 'elements',
    allow_promotion_codes: true,
    return_url: `${pages.shopUrl}/done?session={CHECKOUT_SESSION_ID}`,
    line_items: [{ price_data, quantity: 1, adjustable_quantity }],
    metadata: { secret: 'of the shop' },
  })
  return { stripe, session, key: `pk_test_${name}` }
}

const visit = (query: Record<string, string>, run: (page: Page) => Promise<void>) =>
  pages.visit(`${pages.shopUrl}/shop?${new URLSearchParams(query)}`, run, { javaScriptEnabled: true })

async function fill(page: Page, number: string): Promise<void> {
  const form = page.frameLocator('iframe[title="Secure payment input frame"]')
  await form.getByLabel('Card number').fill(number)
  await form.getByLabel('Expiration date').fill('12 / 34')
  await form.getByLabel('Security code').fill('123')
  await form.getByLabel('ZIP code').fill('12345')
}

/** Presses the page's button and waits for what comes of it. */
async function pay(page: Page) {
  await page.evaluate(`document.getElementById('outcome').textContent = ''`)
  await page.getByRole('button', { name: 'Pay' }).click()
  await page.locator('#outcome:not(:empty)').waitFor()
  return JSON.parse((await page.textContent('#outcome')) ?? '')
}

const run = (page: Page, call: string): Promise<{ type: string; error?: unknown; session?: { total: object } }> =>
  page.evaluate(`actions.${call}`)

test('a session is changed and paid by elements in the page of the shop', browserNeeded, async () => {
  const { key, session, stripe } = await openSession()
  const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once' })
  await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'HALF' })
  const [item] = (await stripe.checkout.sessions.listLineItems(session.id)).data

  await visit({ key, secret: session.client_secret ?? '' }, async (page) => {
    await page.getByText('$20.00').waitFor()
    await fill(page, '4242424242424242')
    const early = await pay(page)
    assert.match(early.error.message, /email/)
    assert.equal(((await run(page, `updateEmail('nobody')`)).error as { code: string }).code, 'invalidEmail')
    assert.equal((await run(page, `updateEmail('ann@example.com')`)).type, 'success')
    assert.equal(((await run(page, `applyPromotionCode('NONE')`)).error as { code: string }).code, 'invalidCode')
    await run(page, `updateLineItemQuantity({ lineItem: '${item?.id}', quantity: 3 })`)
    const halved = await run(page, `applyPromotionCode('HALF')`)
    assert.deepEqual((halved.session as { total: { total: object } }).total.total, {
      amount: '$30.00',
      minorUnitsAmount: 3000,
    })
    const paid = await pay(page)
    assert.deepEqual(paid.session.status, { type: 'complete', paymentStatus: 'paid' })
    assert.ok(!JSON.stringify(await page.evaluate('events')).includes('of the shop'))
  })

  const done = await stripe.checkout.sessions.retrieve(session.id)
  assert.deepEqual(
    [done.status, done.amount_total, done.customer_details?.email],
    ['complete', 3000, 'ann@example.com'],
  )
})

test(
  'a decline is told with its code; a challenge opens over the page, and the customer comes back',
  browserNeeded,
  async () => {
    const { key, session } = await openSession()

    await visit({ key, secret: session.client_secret ?? '', redirect: 'always' }, async (page) => {
      await page.getByText('$20.00').waitFor()
      await run(page, `updateEmail('ann@example.com')`)
      await fill(page, '4000000000009995')
      const { error } = await pay(page)
      assert.deepEqual([error.code, error.paymentFailed], ['paymentFailed', { declineCode: 'insufficient_funds' }])
      await fill(page, '4000002760003184')
      const bank = page.frameLocator('iframe[title="3-D Secure authentication"]')
      await page.getByRole('button', { name: 'Pay' }).click()
      await bank.getByRole('button', { name: 'Fail authentication' }).click()
      await page.getByText('"type":"error"').waitFor()
      await page.getByRole('button', { name: 'Pay' }).click()
      await bank.getByRole('button', { name: 'Complete authentication' }).click()
      await page.waitForURL(`${pages.shopUrl}/done?session=${session.id}`)
    })
  },
)

test('a session opens to its own client secret only', async () => {
  if (browserNeeded.skip) return
  const { key, session } = await openSession()
  const ask = (path: string, body: Record<string, string>) =>
    fetch(`${pages.sandbox.server.url}/v1/payment_pages/${session.id}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: new URLSearchParams(body),
    })

  const statuses = [
    (await ask('/elements', { client_secret: session.client_secret ?? '' })).status,
    (await ask('/elements', { client_secret: `${session.client_secret}x` })).status,
    (await ask('/elements', {})).status,
    (await ask('/confirm', {})).status,
  ]

  assert.deepEqual(statuses, [200, 404, 404, 403])
})
