import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { day, january, type Shop } from '../../stripe/billing/shop.ts'
import { subscribe } from './lifecycle.ts'
import { type Row, refused, rowsOf } from './rows.ts'

const half = january + 15.5 * day

async function paused(shop: Shop, params: Stripe.SubscriptionPauseParams = {}, card = 'pm_card_visa') {
  const begun = await subscribe(shop)
  await shop.advance(begun.clock, half)
  const subscription = await shop.stripe.subscriptions.pause(begun.subscription.id, { type: 'subscription', ...params })
  if (card !== 'pm_card_visa') {
    const { id } = await shop.stripe.paymentMethods.attach(card, { customer: begun.customer.id })
    await shop.stripe.customers.update(begun.customer.id, { invoice_settings: { default_payment_method: id } })
  }
  return { ...begun, subscription }
}

const latest = async (shop: Shop, subscription: string): Promise<Stripe.Invoice> =>
  (await shop.stripe.subscriptions.retrieve(subscription, { expand: ['latest_invoice'] }))
    .latest_invoice as Stripe.Invoice

const statusOf = async (shop: Shop, subscription: string) =>
  (await shop.stripe.subscriptions.retrieve(subscription)).status

export const pauses: Row[] = [
  ...rowsOf('billing/subscriptions/pause', {
    'a paused subscription makes no invoices and says why it is paused': async (shop) => {
      const { clock, subscription } = await paused(shop)
      assert.deepEqual(
        [subscription.status, subscription.status_details?.paused.subscription.type],
        ['paused', 'pause_requested'],
      )
      await shop.advance(clock, january + 60 * day)
      assert.equal((await shop.stripe.invoices.list({ subscription: subscription.id })).data.length, 1)
      assert.ok((await shop.events()).some(({ type }) => type === 'customer.subscription.paused'))
    },
    'unused time is credited to the next invoice': async (shop) => {
      const { customer } = await paused(shop)
      const { data } = await shop.stripe.invoiceItems.list({ customer: customer.id, pending: true })
      assert.deepEqual(
        data.map(({ amount }) => amount),
        [-500],
      )
    },
    'it is for flexible billing that charges automatically, without a schedule': async (shop) => {
      const classic = await subscribe(shop, 'pm_card_visa', 1000, { billing_mode: { type: 'classic' } })
      await refused(shop.stripe.subscriptions.pause(classic.subscription.id), undefined)
      const sent = await subscribe(shop, 'pm_card_visa', 1000, { collection_method: 'send_invoice', days_until_due: 7 })
      await refused(shop.stripe.subscriptions.pause(sent.subscription.id), undefined)
      const managed = await subscribe(shop)
      await shop.stripe.subscriptionSchedules.create({ from_subscription: managed.subscription.id })
      await refused(shop.stripe.subscriptions.pause(managed.subscription.id), undefined)
    },
    'resuming makes an invoice that waits for an attempt; paid, the subscription goes on': async (shop) => {
      const { subscription } = await paused(shop)
      const waiting = await shop.stripe.subscriptions.resume(subscription.id)
      const invoice = await latest(shop, subscription.id)
      assert.deepEqual(
        [waiting.status, invoice.status, invoice.attempt_count, invoice.total],
        ['paused', 'open', 0, 500],
      )
      await shop.stripe.invoices.pay(invoice.id)
      assert.equal(await statusOf(shop, subscription.id), 'active')
      assert.ok((await shop.events()).some(({ type }) => type === 'customer.subscription.resumed'))
    },
    'a failed attempt resumes it as past due, without retries': async (shop) => {
      const { clock, subscription } = await paused(shop, {}, 'pm_card_chargeCustomerFail')
      await shop.stripe.subscriptions.resume(subscription.id)
      const invoice = await latest(shop, subscription.id)
      await refused(shop.stripe.invoices.pay(invoice.id), 'card_declined', 402)
      assert.equal(await statusOf(shop, subscription.id), 'past_due')
      await shop.advance(clock, half + 10 * day)
      const after = await shop.stripe.invoices.retrieve(invoice.id)
      assert.deepEqual([after.status, after.attempt_count, after.next_payment_attempt], ['open', 1, null])
    },
    'without an attempt for 23 hours the invoice is void and the subscription stays paused': async (shop) => {
      const { clock, subscription } = await paused(shop)
      await shop.stripe.subscriptions.resume(subscription.id)
      await shop.advance(clock, half + day)
      assert.deepEqual(
        [(await latest(shop, subscription.id)).status, await statusOf(shop, subscription.id)],
        ['void', 'paused'],
      )
    },
    'an invoice that is written off resumes it too': async (shop) => {
      const { subscription } = await paused(shop)
      await shop.stripe.subscriptions.resume(subscription.id)
      await shop.stripe.invoices.markUncollectible((await latest(shop, subscription.id)).id)
      assert.equal(await statusOf(shop, subscription.id), 'active')
    },
    'resume_on_payment_success charges at once, and waits for success': async (shop) => {
      const good = await paused(shop)
      const order = { payment_behavior: 'resume_on_payment_success' } as const
      assert.equal((await shop.stripe.subscriptions.resume(good.subscription.id, order)).status, 'active')
      const bad = await paused(shop, {}, 'pm_card_chargeCustomerFail')
      const waiting = await shop.stripe.subscriptions.resume(bad.subscription.id, order)
      const invoice = await latest(shop, waiting.id)
      assert.deepEqual([waiting.status, invoice.attempt_count], ['paused', 1])
      assert.ok(invoice.next_payment_attempt)
    },
    'under the old anchor only the rest of the period is billed, with the next invoice': async (shop) => {
      const { clock, customer, subscription } = await paused(shop)
      await shop.advance(clock, january + 23.25 * day)
      const resumed = await shop.stripe.subscriptions.resume(subscription.id, {
        billing_cycle_anchor: { type: 'unchanged' },
      })
      assert.deepEqual([resumed.status, resumed.billing_cycle_anchor], ['active', january])
      const { data } = await shop.stripe.invoiceItems.list({ customer: customer.id, pending: true })
      assert.deepEqual(
        data.map(({ amount }) => amount),
        [250, -500],
      )
    },
  }),
  ...rowsOf('billing/subscriptions/pause/schedules', {
    'a schedule pauses and resumes a subscription': async (shop) => {
      const { clock, subscription } = await subscribe(shop)
      const schedule = await shop.stripe.subscriptionSchedules.create({
        from_subscription: subscription.id,
        pause_schedules: [
          {
            key: 'vacation',
            pause: { pause_at: { type: 'timestamp', timestamp: january + 10 * day } },
            resume: { resume_at: { type: 'duration', duration: { interval: 'week', interval_count: 2 } } },
          },
        ],
      })
      const [entry] = schedule.pause_schedules
      assert.deepEqual(
        [entry?.key, entry?.pause.status.type, entry?.resume?.resume_at],
        ['vacation', 'scheduled', january + 24 * day],
      )
      await shop.advance(clock, january + 11 * day)
      assert.equal(await statusOf(shop, subscription.id), 'paused')
      await shop.advance(clock, january + 25 * day)
      assert.equal(await statusOf(shop, subscription.id), 'active')
      const after = await shop.stripe.subscriptionSchedules.retrieve(schedule.id)
      const [done] = after.pause_schedules
      assert.deepEqual([done?.pause.status.type, done?.resume?.status.type], ['succeeded', 'succeeded'])
    },
    'a subscription resumes after it has paused, and one entry is all there can be': async (shop) => {
      const { subscription } = await subscribe(shop)
      const pause = { pause_at: { type: 'timestamp', timestamp: january + 10 * day } } as const
      await refused(
        shop.stripe.subscriptionSchedules.create({
          from_subscription: subscription.id,
          pause_schedules: [{ pause, resume: { resume_at: { type: 'timestamp', timestamp: january + 5 * day } } }],
        }),
        undefined,
      )
      await refused(
        shop.stripe.subscriptionSchedules.create({
          from_subscription: subscription.id,
          pause_schedules: [{ pause }, { pause }],
        }),
        undefined,
      )
    },
  }),
]
