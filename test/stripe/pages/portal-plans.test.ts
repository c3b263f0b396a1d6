import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { need } from '../../support/need.ts'
import { refusalOf } from '../../support/stripe.ts'
import { openPages, type Pages } from './pages.ts'
import { eventsAfter, everything, openPortal, openShop } from './portal-shop.ts'

const browserNeeded = need('chromium')
const day = 86_400
let pages: Pages

before(async () => {
  if (!browserNeeded.skip) pages = await openPages()
})
after(() => pages?.close())

const onPro = async () => {
  const shop = await openShop(pages)
  const [item] = shop.subscription.items.data
  const items = [{ id: item!.id, price: shop.pro.id }]
  await shop.stripe.subscriptions.update(shop.subscription.id, { items, proration_behavior: 'none' })
  return shop
}

const waiting = (shop: Awaited<ReturnType<typeof openShop>>) => ({
  ...everything(shop),
  subscription_update: {
    ...everything(shop)!.subscription_update!,
    schedule_at_period_end: { conditions: [{ type: 'decreasing_item_amount' as const }] },
  },
})

test('a downgrade waits for the end of the period, by a schedule, and then it happens', browserNeeded, async () => {
  const shop = await onPro()
  const session = await openPortal(pages, shop, waiting(shop))

  await pages.visit(session.url, async (page) => {
    await page.getByRole('link', { name: 'Change plan' }).click()
    await page.getByLabel('Basic').check()
    await page.getByRole('button', { name: 'Continue' }).click()
    assert.match((await page.textContent('.facts')) ?? '', /Basic.*Starts on.*Due today\s*\$0\.00/s)
    await page.getByRole('button', { name: 'Confirm' }).click()
    assert.equal(await page.getByRole('status').textContent(), 'Your plan will change at the end of the period.')
    assert.match(
      (await page.textContent('main')) ?? '',
      /Changes to Basic, \$10\.00 per month, on.*Next charge: \$10\.00/s,
    )
    assert.equal(await page.getByRole('link', { name: 'Change plan' }).count(), 0)
  })

  const now = await shop.stripe.subscriptions.retrieve(shop.subscription.id)
  assert.equal(now.items.data[0]?.price.id, shop.pro.id)
  const schedule = await shop.stripe.subscriptionSchedules.retrieve(String(now.schedule))
  assert.deepEqual(
    schedule.phases.map(({ items }) => items[0]?.price),
    [shop.pro.id, shop.basic.id],
  )
  const types = await eventsAfter(shop.stripe, 'billing_portal.session.created')
  assert.deepEqual(types, ['customer.subscription.updated', 'subscription_schedule.created'])
  await pages.sandbox.pass(32 * day)
  const later = await shop.stripe.subscriptions.retrieve(shop.subscription.id, { expand: ['latest_invoice'] })
  assert.equal(later.items.data[0]?.price.id, shop.basic.id)
  assert.equal((later.latest_invoice as { total: number }).total, 1000)
})

test('an upgrade happens at once even then; a downgrade can be taken back', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(pages, shop, waiting(shop))

  await pages.visit(session.url, async (page) => {
    for (const plan of ['Pro', 'Basic']) {
      await page.getByRole('link', { name: 'Change plan' }).click()
      await page.getByLabel(plan).check()
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('button', { name: 'Confirm' }).click()
    }
    await page.getByRole('button', { name: "Don't change plan" }).click()
    assert.equal(await page.getByRole('status').textContent(), 'Your plan stays as it is.')
  })

  const { items, schedule } = await shop.stripe.subscriptions.retrieve(shop.subscription.id)
  assert.deepEqual([items.data[0]?.price.id, schedule], [shop.pro.id, null])
  const types = await eventsAfter(shop.stripe, 'billing_portal.session.created')
  assert.equal(types.at(-1), 'subscription_schedule.released')
})

test('a flow confirms a downgrade that waits', browserNeeded, async () => {
  const shop = await onPro()
  const flow_data = {
    type: 'subscription_update_confirm' as const,
    subscription_update_confirm: {
      subscription: shop.subscription.id,
      items: [{ id: shop.subscription.items.data[0]!.id, price: shop.basic.id }],
    },
  }
  const session = await openPortal(pages, shop, waiting(shop), { flow_data })

  await pages.visit(session.url, async (page) => {
    assert.match((await page.textContent('.facts')) ?? '', /Starts on/)
    await page.getByRole('button', { name: 'Confirm' }).click()
  })

  assert.ok((await shop.stripe.subscriptions.retrieve(shop.subscription.id)).schedule)
})

test('a pause for a while ends by itself', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(pages, shop, { ...everything(shop), subscription_pause: { enabled: true } })

  await pages.visit(session.url, async (page) => {
    await page.getByRole('link', { name: 'Pause subscription' }).click()
    await page.getByLabel('1 month').check()
    await page.getByRole('button', { name: 'Pause subscription' }).click()
    assert.equal(await page.getByRole('status').textContent(), 'Your subscription is paused.')
    assert.match((await page.textContent('main')) ?? '', /Paused.*Resumes on/s)
  })

  assert.equal((await shop.stripe.subscriptions.retrieve(shop.subscription.id)).status, 'paused')
  const types = await eventsAfter(shop.stripe, 'billing_portal.session.created')
  assert.ok(types.includes('customer.subscription.paused'))
  await pages.sandbox.pass(32 * day)
  assert.equal((await shop.stripe.subscriptions.retrieve(shop.subscription.id)).status, 'active')
})

test('a flow pauses until the customer resumes; a card that fails leaves it paused', browserNeeded, async () => {
  const shop = await openShop(pages)
  const session = await openPortal(
    pages,
    shop,
    { ...everything(shop), subscription_pause: { enabled: true, duration: { type: 'indefinite' } } },
    { flow_data: { type: 'subscription_pause', subscription_pause: { subscription: shop.subscription.id } } },
  )
  // The credit of the pause pays for resuming within the same second; a dearer plan does not.
  await pages.visit(session.url, async (page) => {
    await page.getByRole('button', { name: 'Pause subscription' }).click()
    assert.match((await page.textContent('main')) ?? '', /Basic\s*Paused/)
    await pages.sandbox.pass(20 * 60)
    const broke = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: shop.customer.id })
    await shop.stripe.customers.update(shop.customer.id, { invoice_settings: { default_payment_method: broke.id } })
    await shop.stripe.invoiceItems.create({ customer: shop.customer.id, amount: 500, currency: 'usd' })
    await page.getByRole('button', { name: 'Resume subscription' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /did not go through/)
  })

  assert.equal((await shop.stripe.subscriptions.retrieve(shop.subscription.id)).status, 'paused')
})

test('a pause that ends by itself needs its choices; without the feature nobody pauses', browserNeeded, async () => {
  const shop = await openShop(pages)
  const refusal = await refusalOf(
    shop.stripe.billingPortal.configurations.create({
      features: { subscription_pause: { enabled: true, duration: { type: 'interval_options', interval_options: '' } } },
    }),
  )
  assert.equal(refusal.code, 'parameter_missing')
  const session = await openPortal(pages, shop)
  for (const step of ['pause', 'continue', 'stay'])
    await fetch(`${session.url}/subscriptions/${shop.subscription.id}/${step}`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ duration: '0' }),
    })
  assert.equal((await shop.stripe.subscriptions.retrieve(shop.subscription.id)).status, 'active')
})
