import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { at, type Mall, openMall } from './shop.ts'

let mall: Mall
before(async () => {
  mall = await openMall()
})
after(() => mall.close())

test('1,000 subscriptions are advanced by a year within seconds', async (context) => {
  const shop = mall.open('thousand')
  const { stripe } = shop
  const price = await shop.price(1000)
  const clock = await shop.clock()
  const open = async (): Promise<void> => {
    const customer = await stripe.customers.create({ test_clock: clock })
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
    await stripe.subscriptions.create({
      customer: customer.id,
      default_payment_method: method.id,
      items: [{ price: price.id }],
    })
  }
  for (let opened = 0; opened < 1000; opened += 50) await Promise.all(Array.from({ length: 50 }, open))

  const startedAt = performance.now()
  for (const month of ['03', '05', '07', '09', '11']) await shop.advance(clock, at(`2026-${month}-01T00:00:00Z`))
  await shop.advance(clock, at('2026-12-31T00:00:00Z'))
  const seconds = (performance.now() - startedAt) / 1000

  let paid = 0
  for await (const invoice of stripe.invoices.list({ status: 'paid', limit: 100 })) paid += invoice.amount_paid
  assert.equal(paid, 1000 * 12 * 1000)
  context.diagnostic(
    `1,000 subscriptions, 12,000 invoices: ${seconds.toFixed(1)} s, ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`,
  )
  assert.ok(seconds < 120)
})
