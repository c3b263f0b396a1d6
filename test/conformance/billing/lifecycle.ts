import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { setDunning } from '../../../src/stripe/invoicing/dunning.ts'
import { at, day, january, type Shop } from '../../stripe/billing/shop.ts'
import { type Row, refused, rowsOf } from './rows.ts'

export const subscribe = async (shop: Shop, card: string | null = 'pm_card_visa', amount = 1000, more: object = {}) => {
  const customer = await shop.customer(card)
  const price = await shop.price(amount)
  const subscription = await shop.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    expand: ['latest_invoice.payments'],
    ...more,
  })
  const invoice = subscription.latest_invoice as Stripe.Invoice
  return { customer, price, subscription, invoice, clock: customer.test_clock as string }
}

export const lifecycle: Row[] = [
  ...rowsOf('billing/subscriptions/overview#payment-behavior', {
    'a card that works makes an active subscription and a paid invoice': async (shop) => {
      const { subscription, invoice } = await subscribe(shop)
      assert.deepEqual([subscription.status, invoice.status, invoice.amount_paid], ['active', 'paid', 1000])
      assert.equal(invoice.billing_reason, 'subscription_create')
    },
    'a declined card leaves the subscription incomplete and the invoice open': async (shop) => {
      const { subscription, invoice } = await subscribe(shop, 'pm_card_chargeCustomerFail')
      assert.deepEqual([subscription.status, invoice.status, invoice.attempt_count], ['incomplete', 'open', 1])
      assert.equal(invoice.next_payment_attempt, null)
    },
    'default_incomplete waits for the customer with a client secret': async (shop) => {
      const { subscription, invoice } = await subscribe(shop, null, 1000, { payment_behavior: 'default_incomplete' })
      assert.equal(subscription.status, 'incomplete')
      assert.match(invoice.confirmation_secret!.client_secret, /^pi_.+_secret_/)
    },
    'confirming the intent of the first invoice activates the subscription': async (shop) => {
      const { subscription, invoice } = await subscribe(shop, null, 1000, { payment_behavior: 'default_incomplete' })
      const intent = invoice.payments!.data[0]!.payment.payment_intent as string
      await shop.stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' })
      const after = await shop.stripe.subscriptions.retrieve(subscription.id)
      assert.equal(after.status, 'active')
      assert.equal((await shop.stripe.invoices.retrieve(invoice.id)).status, 'paid')
    },
    'error_if_incomplete answers 402 and creates nothing': async (shop) => {
      await refused(
        subscribe(shop, 'pm_card_chargeCustomerFail', 1000, { payment_behavior: 'error_if_incomplete' }),
        'card_declined',
        402,
      )
      assert.equal((await shop.stripe.subscriptions.list({ status: 'all' })).data.length, 0)
    },
    'without a payment method a charge is refused': async (shop) => {
      await refused(subscribe(shop, null), 'resource_missing')
    },
    'a free subscription needs no payment method': async (shop) => {
      const { subscription, invoice } = await subscribe(shop, null, 0)
      assert.deepEqual([subscription.status, invoice.status], ['active', 'paid'])
    },
    'a first invoice that is not paid within 23 hours expires the subscription': async (shop) => {
      const { subscription, invoice, clock } = await subscribe(shop, 'pm_card_chargeCustomerFail')
      await shop.advance(clock, january + 23 * 3600)
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'incomplete_expired')
      assert.equal((await shop.stripe.invoices.retrieve(invoice.id)).status, 'void')
    },
    'a card that needs authentication leaves the subscription incomplete': async (shop) => {
      const { subscription, invoice } = await subscribe(shop, 'pm_card_authenticationRequired')
      assert.deepEqual([subscription.status, invoice.status], ['incomplete', 'open'])
      const types = (await shop.events()).map(({ type }) => type)
      assert.ok(types.includes('invoice.payment_action_required'))
    },
    'pending_if_incomplete is for updates only': (shop) =>
      refused(subscribe(shop, 'pm_card_visa', 1000, { payment_behavior: 'pending_if_incomplete' }), undefined),
  }),
  ...rowsOf('billing/subscriptions/webhooks', {
    'creation is told in order: the invoice first, the subscription last': async (shop) => {
      await subscribe(shop)
      const types = (await shop.events()).map(({ type }) => type)
      assert.deepEqual(types.slice(types.indexOf('invoice.created')), [
        'invoice.created',
        'payment_intent.created',
        'invoice.finalized',
        'charge.succeeded',
        'payment_intent.succeeded',
        'invoice_payment.paid',
        'invoice.paid',
        'invoice.payment_succeeded',
        'customer.subscription.created',
      ])
    },
    'an update tells what changed': async (shop) => {
      const { subscription } = await subscribe(shop)
      await shop.stripe.subscriptions.update(subscription.id, { metadata: { a: 'b' } })
      const event = (await shop.events()).at(-1)!
      assert.equal(event.type, 'customer.subscription.updated')
      assert.deepEqual(event.data.previous_attributes, { metadata: { a: null } })
    },
    'a week before a renewal comes invoice.upcoming': async (shop) => {
      const { clock } = await subscribe(shop)
      await shop.advance(clock, january + 25 * day)
      const event = (await shop.events()).find(({ type }) => type === 'invoice.upcoming')!
      assert.equal(event.created, january + 24 * day)
      assert.equal((event.data.object as Stripe.Invoice).amount_due, 1000)
    },
  }),
  ...rowsOf('billing/subscriptions/billing-cycle', {
    'a renewal is a draft for an hour, then final and paid': async (shop) => {
      const { clock, subscription } = await subscribe(shop)
      await shop.advance(clock, at('2026-02-01T00:30:00Z'))
      const renewed = await shop.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
      const draft = renewed.latest_invoice as Stripe.Invoice
      assert.deepEqual(
        [draft.status, draft.billing_reason, draft.automatically_finalizes_at],
        ['draft', 'subscription_cycle', at('2026-02-01T01:00:00Z')],
      )
      assert.equal(renewed.items.data[0]!.current_period_end, at('2026-03-01T00:00:00Z'))
      await shop.advance(clock, at('2026-02-01T01:00:00Z'))
      const paid = await shop.stripe.invoices.retrieve(draft.id)
      assert.deepEqual([paid.status, paid.status_transitions.paid_at], ['paid', at('2026-02-01T01:00:00Z')])
    },
    'periods that begin on the 31st end with the month': async (shop) => {
      const clock = (await shop.stripe.testHelpers.testClocks.create({ frozen_time: at('2026-01-31T10:00:00Z') })).id
      const customer = await shop.customer('pm_card_visa', { test_clock: clock })
      const price = await shop.price(1000)
      const { id } = await shop.stripe.subscriptions.create({ customer: customer.id, items: [{ price: price.id }] })
      const ends: number[] = []
      for (const to of ['2026-02-28T12:00:00Z', '2026-03-31T12:00:00Z', '2026-04-30T12:00:00Z']) {
        ends.push((await shop.stripe.subscriptions.retrieve(id)).items.data[0]!.current_period_end)
        await shop.advance(clock, at(to))
      }
      assert.deepEqual(ends, ['2026-02-28T10:00:00Z', '2026-03-31T10:00:00Z', '2026-04-30T10:00:00Z'].map(at))
    },
    'an anchor in the future shortens and prorates the first period': async (shop) => {
      const { subscription, invoice } = await subscribe(shop, 'pm_card_visa', 3100, {
        billing_cycle_anchor: january + 10 * day,
      })
      assert.equal(subscription.items.data[0]!.current_period_end, january + 10 * day)
      assert.equal(invoice.total, 1000)
    },
    'an anchor without proration makes the first period free': async (shop) => {
      const { invoice } = await subscribe(shop, 'pm_card_visa', 3100, {
        billing_cycle_anchor: january + 10 * day,
        proration_behavior: 'none',
      })
      assert.equal(invoice.total, 0)
    },
    'an anchor config names a day of the month': async (shop) => {
      const { subscription } = await subscribe(shop, 'pm_card_visa', 3100, {
        billing_cycle_anchor_config: { day_of_month: 15 },
      })
      assert.equal(subscription.billing_cycle_anchor, at('2026-01-15T00:00:00Z'))
    },
    'resetting the anchor bills a whole period now and credits the old one': async (shop) => {
      const { subscription, clock } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, january + 10 * day)
      const updated = await shop.stripe.subscriptions.update(subscription.id, {
        billing_cycle_anchor: { type: 'now' },
        expand: ['latest_invoice'],
      })
      const invoice = updated.latest_invoice as Stripe.Invoice
      assert.equal(invoice.total, 3100 - 2100)
      assert.equal(updated.billing_cycle_anchor, january + 10 * day)
    },
    'a backdated subscription bills the time that has passed': async (shop) => {
      const { invoice } = await subscribe(shop, 'pm_card_visa', 3100, { backdate_start_date: january - 31 * day })
      assert.equal(invoice.total, 6200)
    },
  }),
  ...rowsOf('billing/subscriptions/trials/free-trials', {
    'a trial starts with an invoice of nothing': async (shop) => {
      const { subscription, invoice } = await subscribe(shop, 'pm_card_visa', 1000, { trial_period_days: 7 })
      assert.deepEqual(
        [subscription.status, subscription.trial_end, invoice.total, invoice.status],
        ['trialing', january + 7 * day, 0, 'paid'],
      )
      assert.match(invoice.lines.data[0]!.description!, /^Trial period for/)
    },
    'three days before its end the trial announces itself': async (shop) => {
      const { clock } = await subscribe(shop, 'pm_card_visa', 1000, { trial_period_days: 7 })
      await shop.advance(clock, january + 5 * day)
      const event = (await shop.events()).find(({ type }) => type === 'customer.subscription.trial_will_end')!
      assert.equal(event.created, january + 4 * day)
    },
    'when the trial ends the subscription is active and billed': async (shop) => {
      const { clock, subscription } = await subscribe(shop, 'pm_card_visa', 1000, { trial_period_days: 7 })
      await shop.advance(clock, january + 7 * day + 3600)
      const after = await shop.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
      assert.deepEqual([after.status, (after.latest_invoice as Stripe.Invoice).amount_paid], ['active', 1000])
      assert.equal(after.items.data[0]!.current_period_end, at('2026-02-08T00:00:00Z'))
    },
    'a trial that ends without a payment method can cancel': async (shop) => {
      const { clock, subscription } = await subscribe(shop, null, 1000, {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      })
      await shop.advance(clock, january + 8 * day)
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'canceled')
    },
    'a trial that ends without a payment method can pause, and be resumed': async (shop) => {
      const { clock, customer, subscription } = await subscribe(shop, null, 1000, {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
      })
      await shop.advance(clock, january + 8 * day)
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'paused')
      const method = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
      const resumed = await shop.stripe.subscriptions.resume(subscription.id, {
        payment_behavior: 'resume_on_payment_success',
      })
      assert.equal(resumed.status, 'active')
      assert.ok((await shop.events()).some(({ type }) => type === 'customer.subscription.resumed'))
    },
    'trial_end=now ends the trial and bills at once': async (shop) => {
      const { clock, subscription } = await subscribe(shop, 'pm_card_visa', 1000, { trial_period_days: 30 })
      await shop.advance(clock, january + 2 * day)
      const after = await shop.stripe.subscriptions.update(subscription.id, {
        trial_end: 'now',
        expand: ['latest_invoice'],
      })
      assert.deepEqual([after.status, (after.latest_invoice as Stripe.Invoice).amount_paid], ['active', 1000])
      assert.equal(after.items.data[0]!.current_period_start, january + 2 * day)
    },
    'a trial with default_incomplete asks for a payment method with a setup intent': async (shop) => {
      const { subscription } = await subscribe(shop, null, 1000, {
        trial_period_days: 7,
        payment_behavior: 'default_incomplete',
      })
      assert.match(subscription.pending_setup_intent as string, /^seti_/)
    },
    'a trial in the past is refused': (shop) =>
      refused(subscribe(shop, 'pm_card_visa', 1000, { trial_end: january - 1 }), undefined),
  }),
  ...rowsOf('billing/subscriptions/cancel', {
    'canceling ends at once and keeps the money': async (shop) => {
      const { subscription, customer } = await subscribe(shop)
      const canceled = await shop.stripe.subscriptions.cancel(subscription.id)
      assert.deepEqual(
        [canceled.status, canceled.cancellation_details!.reason, canceled.ended_at],
        ['canceled', 'cancellation_requested', january],
      )
      const { balance } = (await shop.stripe.customers.retrieve(customer.id)) as Stripe.Customer
      assert.equal(balance, 0)
      assert.equal((await shop.events()).at(-1)!.type, 'customer.subscription.deleted')
    },
    'prorate and invoice_now give unused time back as credit': async (shop) => {
      const { subscription, customer, clock } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, january + 21 * day)
      await shop.stripe.subscriptions.cancel(subscription.id, { invoice_now: true, prorate: true })
      assert.equal(((await shop.stripe.customers.retrieve(customer.id)) as Stripe.Customer).balance, -1000)
    },
    'cancel_at_period_end runs to the end of the period': async (shop) => {
      const { subscription, clock } = await subscribe(shop)
      const ordered = await shop.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
      assert.deepEqual(
        [ordered.status, ordered.canceled_at, ordered.cancel_at],
        ['active', january, at('2026-02-01T00:00:00Z')],
      )
      await shop.advance(clock, at('2026-02-01T02:00:00Z'))
      const ended = await shop.stripe.subscriptions.retrieve(subscription.id)
      assert.deepEqual([ended.status, ended.ended_at], ['canceled', at('2026-02-01T00:00:00Z')])
      assert.equal((await shop.stripe.invoices.list({ subscription: subscription.id })).data.length, 1)
    },
    'a cancellation at the period end can be taken back': async (shop) => {
      const { subscription, clock } = await subscribe(shop)
      await shop.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
      const back = await shop.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false })
      assert.deepEqual([back.cancel_at, back.canceled_at], [null, null])
      await shop.advance(clock, at('2026-02-02T00:00:00Z'))
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'active')
    },
    'cancel_at cancels at its time': async (shop) => {
      const { subscription, clock } = await subscribe(shop)
      await shop.stripe.subscriptions.update(subscription.id, {
        cancel_at: january + 10 * day,
        proration_behavior: 'none',
      })
      await shop.advance(clock, january + 11 * day)
      const ended = await shop.stripe.subscriptions.retrieve(subscription.id)
      assert.deepEqual([ended.status, ended.ended_at], ['canceled', january + 10 * day])
    },
    'a canceled subscription can only be annotated': async (shop) => {
      const { subscription } = await subscribe(shop)
      await shop.stripe.subscriptions.cancel(subscription.id)
      await refused(
        shop.stripe.subscriptions.update(subscription.id, { description: 'x' }),
        'invalid_canceled_subscription_fields',
      )
      const noted = await shop.stripe.subscriptions.update(subscription.id, { metadata: { why: 'moved' } })
      assert.equal(noted.metadata.why, 'moved')
    },
    'canceled subscriptions are not in the list unless asked for': async (shop) => {
      const { subscription } = await subscribe(shop)
      await shop.stripe.subscriptions.cancel(subscription.id)
      const count = async (status?: Stripe.SubscriptionListParams.Status) =>
        (await shop.stripe.subscriptions.list(status ? { status } : {})).data.length
      assert.deepEqual([await count(), await count('canceled'), await count('all'), await count('ended')], [0, 1, 1, 1])
    },
  }),
  ...rowsOf('billing/subscriptions/pause-payment', {
    'void: invoices of a paused collection are voided': async (shop) => {
      const { subscription, clock } = await subscribe(shop)
      await shop.stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: 'void' } })
      await shop.advance(clock, at('2026-02-02T00:00:00Z'))
      const after = await shop.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
      assert.deepEqual([after.status, (after.latest_invoice as Stripe.Invoice).status], ['active', 'void'])
    },
    'keep_as_draft: invoices stay drafts': async (shop) => {
      const { subscription, clock } = await subscribe(shop)
      await shop.stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: 'keep_as_draft' } })
      await shop.advance(clock, at('2026-02-02T00:00:00Z'))
      const [invoice] = (await shop.stripe.invoices.list({ subscription: subscription.id })).data
      assert.deepEqual([invoice!.status, invoice!.auto_advance], ['draft', false])
    },
    'mark_uncollectible: invoices are written off': async (shop) => {
      const { subscription, clock } = await subscribe(shop)
      await shop.stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: 'mark_uncollectible' } })
      await shop.advance(clock, at('2026-02-02T00:00:00Z'))
      const [invoice] = (await shop.stripe.invoices.list({ subscription: subscription.id })).data
      assert.equal(invoice!.status, 'uncollectible')
    },
    'collection resumes by itself at resumes_at': async (shop) => {
      const { subscription, clock } = await subscribe(shop)
      await shop.stripe.subscriptions.update(subscription.id, {
        pause_collection: { behavior: 'void', resumes_at: january + 10 * day },
      })
      await shop.advance(clock, january + 11 * day)
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).pause_collection, null)
    },
  }),
  ...rowsOf('billing/revenue-recovery/smart-retries', {
    'a failed renewal makes the subscription late and is retried': async (shop) => {
      const { customer, subscription, clock } = await subscribe(shop)
      const bad = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
      await shop.advance(clock, at('2026-02-01T02:00:00Z'))
      const late = await shop.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
      const invoice = late.latest_invoice as Stripe.Invoice
      assert.deepEqual(
        [late.status, invoice.attempt_count, invoice.next_payment_attempt],
        ['past_due', 1, at('2026-02-04T01:00:00Z')],
      )
    },
    'a retry with a good card makes it active again': async (shop) => {
      const { customer, subscription, clock } = await subscribe(shop)
      const bad = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
      await shop.advance(clock, at('2026-02-01T02:00:00Z'))
      const good = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: good.id } })
      await shop.advance(clock, at('2026-02-05T00:00:00Z'))
      const [invoice] = (await shop.stripe.invoices.list({ subscription: subscription.id })).data
      assert.deepEqual([invoice!.status, invoice!.attempt_count], ['paid', 2])
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'active')
    },
    'after the last retry the subscription is canceled for failed payment': async (shop) => {
      const { customer, subscription, clock } = await subscribe(shop)
      const bad = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
      await shop.advance(clock, at('2026-02-20T00:00:00Z'))
      const ended = await shop.stripe.subscriptions.retrieve(subscription.id, { expand: ['latest_invoice'] })
      assert.deepEqual([ended.status, ended.cancellation_details!.reason], ['canceled', 'payment_failed'])
      const invoice = ended.latest_invoice as Stripe.Invoice
      assert.deepEqual([invoice.status, invoice.attempt_count, invoice.auto_advance], ['open', 4, false])
    },
    'the settings can leave the subscription unpaid instead: its invoices stay drafts': async (shop) => {
      const { customer, subscription, clock } = await subscribe(shop)
      const { id } = await shop.stripe.accounts.retrieveCurrent()
      shop.server.within(id, (ctx) => setDunning(ctx, { retryDays: [1], finally: 'unpaid' }))
      const bad = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
      await shop.advance(clock, at('2026-02-03T00:00:00Z'))
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'unpaid')
      await shop.advance(clock, at('2026-03-02T00:00:00Z'))
      const [latest] = (await shop.stripe.invoices.list({ subscription: subscription.id })).data
      assert.deepEqual([latest!.status, latest!.auto_advance], ['draft', false])
    },
    'the settings can leave the subscription late': async (shop) => {
      const { customer, subscription, clock } = await subscribe(shop)
      const { id } = await shop.stripe.accounts.retrieveCurrent()
      shop.server.within(id, (ctx) => setDunning(ctx, { retryDays: [1], finally: 'past_due' }))
      const bad = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
      await shop.advance(clock, at('2026-02-10T00:00:00Z'))
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'past_due')
    },
    'an invoice that is sent makes the subscription late when it is overdue': async (shop) => {
      const { subscription, clock } = await subscribe(shop, null, 1000, {
        collection_method: 'send_invoice',
        days_until_due: 5,
      })
      assert.equal(subscription.status, 'active')
      await shop.advance(clock, january + 6 * day)
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'past_due')
      assert.ok((await shop.events()).some(({ type }) => type === 'invoice.overdue'))
    },
    'paying the invoice by hand makes a late subscription active': async (shop) => {
      const { customer, subscription, clock } = await subscribe(shop)
      const bad = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
      await shop.advance(clock, at('2026-02-01T02:00:00Z'))
      const [invoice] = (await shop.stripe.invoices.list({ subscription: subscription.id })).data
      const good = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
      await shop.stripe.invoices.pay(invoice!.id, { payment_method: good.id })
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).status, 'active')
    },
  }),
]
