import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { at, day, january } from '../../stripe/billing/shop.ts'
import { subscribe } from './lifecycle.ts'
import { type Row, refused, rowsOf } from './rows.ts'

const half = at('2026-01-16T12:00:00Z')

export const money: Row[] = [
  ...rowsOf('billing/subscriptions/prorations', {
    'an upgrade waits for the next invoice as a credit and a debit': async (shop) => {
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, half)
      const pro = await shop.price(6200)
      await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: pro.id }],
      })
      const items = (await shop.stripe.invoiceItems.list({ customer: customer.id, pending: true })).data
      assert.deepEqual(
        items.map(({ amount, proration }) => [amount, proration]),
        [
          [3100, true],
          [-1550, true],
        ],
      )
      assert.match(items[1]!.description!, /^Unused time on Plan 1 after 16 Jan 2026$/)
      assert.match(items[0]!.description!, /^Remaining time on Plan 2 after 16 Jan 2026$/)
      await shop.advance(clock, at('2026-02-01T02:00:00Z'))
      const [invoice] = (await shop.stripe.invoices.list({ subscription: subscription.id })).data
      assert.equal(invoice!.total, 6200 + 3100 - 1550)
    },
    'always_invoice bills the difference at once': async (shop) => {
      const { subscription, clock } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, half)
      const pro = await shop.price(6200)
      const updated = await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: pro.id }],
        proration_behavior: 'always_invoice',
        expand: ['latest_invoice'],
      })
      const invoice = updated.latest_invoice as Stripe.Invoice
      assert.deepEqual([invoice.billing_reason, invoice.total, invoice.status], ['subscription_update', 1550, 'paid'])
    },
    'none changes the price without a proration': async (shop) => {
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, half)
      const pro = await shop.price(6200)
      await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: pro.id }],
        proration_behavior: 'none',
      })
      assert.equal((await shop.stripe.invoiceItems.list({ customer: customer.id })).data.length, 0)
    },
    'a downgrade billed at once becomes credit of the customer': async (shop) => {
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 6200)
      await shop.advance(clock, half)
      const small = await shop.price(3100)
      await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: small.id }],
        proration_behavior: 'always_invoice',
      })
      assert.equal(((await shop.stripe.customers.retrieve(customer.id)) as Stripe.Customer).balance, -1550)
      const [entry] = (await shop.stripe.customers.listBalanceTransactions(customer.id)).data
      assert.deepEqual([entry!.amount, entry!.type, entry!.ending_balance], [-1550, 'invoice_too_large', -1550])
    },
    'a higher quantity is prorated': async (shop) => {
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, half)
      await shop.stripe.subscriptionItems.update(subscription.items.data[0]!.id, { quantity: 3 })
      const items = (await shop.stripe.invoiceItems.list({ customer: customer.id })).data
      assert.deepEqual(
        items.map(({ amount }) => amount),
        [4650, -1550],
      )
    },
    'what was given back once is not given back again': async (shop) => {
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, half)
      const id = subscription.items.data[0]!.id
      const pro = await shop.price(6200)
      await shop.stripe.subscriptions.update(subscription.id, { items: [{ id, price: pro.id }] })
      await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id, price: subscription.items.data[0]!.price.id }],
      })
      const amounts = (await shop.stripe.invoiceItems.list({ customer: customer.id })).data.map(({ amount }) => amount)
      assert.deepEqual(amounts, [1550, -3100, 3100, -1550])
    },
    'proration_date computes as if the change had been made then': async (shop) => {
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, half)
      const pro = await shop.price(6200)
      await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: pro.id }],
        proration_date: january,
      })
      const items = (await shop.stripe.invoiceItems.list({ customer: customer.id })).data
      assert.deepEqual(
        items.map(({ amount }) => amount),
        [6200, -3100],
      )
    },
    'credits are of what was paid, after its discount': async (shop) => {
      const coupon = await shop.stripe.coupons.create({ percent_off: 50, duration: 'forever' })
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 3100, {
        discounts: [{ coupon: coupon.id }],
      })
      await shop.advance(clock, half)
      const pro = await shop.price(6200)
      await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: pro.id }],
      })
      const items = (await shop.stripe.invoiceItems.list({ customer: customer.id })).data
      assert.deepEqual(
        items.map(({ amount }) => amount),
        [1550, -775],
      )
    },
    'another interval starts a new cycle and is billed at once': async (shop) => {
      const { subscription, clock } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, half)
      const yearly = await shop.price(31_000, { recurring: { interval: 'year' } })
      const updated = await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: yearly.id }],
        expand: ['latest_invoice'],
      })
      assert.equal(updated.billing_cycle_anchor, half)
      assert.equal(updated.items.data[0]!.current_period_end, at('2027-01-16T12:00:00Z'))
      assert.equal((updated.latest_invoice as Stripe.Invoice).total, 31_000 - 1550)
    },
    'an added item is billed for the rest of the period': async (shop) => {
      const { subscription, clock, customer } = await subscribe(shop, 'pm_card_visa', 3100)
      await shop.advance(clock, half)
      const seat = await shop.price(620)
      const item = await shop.stripe.subscriptionItems.create({
        subscription: subscription.id,
        price: seat.id,
        quantity: 2,
      })
      assert.equal(item.quantity, 2)
      assert.deepEqual(
        (await shop.stripe.invoiceItems.list({ customer: customer.id })).data.map(({ amount }) => amount),
        [620],
      )
    },
    'a removed item is credited': async (shop) => {
      const customer = await shop.customer()
      const [a, b] = [await shop.price(3100), await shop.price(6200)]
      const subscription = await shop.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: a.id }, { price: b.id }],
      })
      await shop.advance(customer.test_clock as string, half)
      await shop.stripe.subscriptionItems.del(subscription.items.data[1]!.id)
      assert.deepEqual(
        (await shop.stripe.invoiceItems.list({ customer: customer.id })).data.map(({ amount }) => amount),
        [-3100],
      )
      assert.equal((await shop.stripe.subscriptions.retrieve(subscription.id)).items.data.length, 1)
    },
    'the last item cannot be removed': async (shop) => {
      const { subscription } = await subscribe(shop)
      await refused(shop.stripe.subscriptionItems.del(subscription.items.data[0]!.id), undefined)
    },
  }),
  ...rowsOf('billing/subscriptions/pending-updates', {
    'a change that cannot be paid waits for its invoice, then is made': async (shop) => {
      const { subscription, customer } = await subscribe(shop, 'pm_card_visa', 1000)
      const bad = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
      const pro = await shop.price(5000)
      const held = await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: pro.id }],
        payment_behavior: 'pending_if_incomplete',
        proration_behavior: 'always_invoice',
      })
      assert.deepEqual([held.status, held.items.data[0]!.price.unit_amount], ['active', 1000])
      assert.equal(held.pending_update!.subscription_items![0]!.price.id, pro.id)
      const good = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
      await shop.stripe.invoices.pay(held.latest_invoice as string, { payment_method: good.id })
      const made = await shop.stripe.subscriptions.retrieve(subscription.id)
      assert.deepEqual([made.pending_update, made.items.data[0]!.price.unit_amount], [null, 5000])
    },
    'a change that is not paid within 23 hours is dropped': async (shop) => {
      const { subscription, customer, clock } = await subscribe(shop, 'pm_card_visa', 1000)
      const bad = await shop.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
      await shop.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: bad.id } })
      const pro = await shop.price(5000)
      const held = await shop.stripe.subscriptions.update(subscription.id, {
        items: [{ id: subscription.items.data[0]!.id, price: pro.id }],
        payment_behavior: 'pending_if_incomplete',
        proration_behavior: 'always_invoice',
      })
      await shop.advance(clock, january + day)
      const after = await shop.stripe.subscriptions.retrieve(subscription.id)
      assert.deepEqual([after.pending_update, after.items.data[0]!.price.unit_amount], [null, 1000])
      assert.equal((await shop.stripe.invoices.retrieve(held.latest_invoice as string)).status, 'void')
    },
  }),
  ...rowsOf('invoicing/overview', {
    'a draft takes items, is numbered when final, and is paid': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      assert.deepEqual([draft.status, draft.number, draft.auto_advance], ['draft', null, false])
      await shop.stripe.invoiceItems.create({
        customer: customer.id,
        invoice: draft.id,
        amount: 2500,
        currency: 'usd',
        description: 'Hours',
      })
      const final = await shop.stripe.invoices.finalizeInvoice(draft.id)
      assert.deepEqual([final.status, final.total, final.number], ['open', 2500, `${customer.invoice_prefix}-0001`])
      assert.match(final.hosted_invoice_url!, /^http:\/\/127\.0\.0\.1:\d+\/i\/in_/)
      const paid = await shop.stripe.invoices.pay(draft.id)
      assert.deepEqual([paid.status, paid.amount_paid, paid.amount_remaining], ['paid', 2500, 0])
    },
    'waiting items are left out unless included': async (shop) => {
      const customer = await shop.customer()
      await shop.stripe.invoiceItems.create({ customer: customer.id, amount: 700, currency: 'usd' })
      const without = await shop.stripe.invoices.create({ customer: customer.id })
      const included = await shop.stripe.invoices.create({
        customer: customer.id,
        pending_invoice_items_behavior: 'include',
      })
      assert.deepEqual([without.total, included.total], [0, 700])
    },
    'a final invoice cannot be edited': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 900, description: 'A' }] })
      await shop.stripe.invoices.finalizeInvoice(draft.id)
      await refused(shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 1 }] }), 'invoice_not_editable')
      await refused(shop.stripe.invoices.finalizeInvoice(draft.id), 'invoice_not_editable')
    },
    'lines are added, changed and taken off a draft': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      const added = await shop.stripe.invoices.addLines(draft.id, {
        lines: [
          { amount: 900, description: 'A' },
          { amount: 600, description: 'B' },
        ],
      })
      assert.equal(added.total, 1500)
      const [b, a] = added.lines.data
      const changed = await shop.stripe.invoices.updateLines(draft.id, { lines: [{ id: a!.id, amount: 1000 }] })
      assert.equal(changed.total, 1600)
      const removed = await shop.stripe.invoices.removeLines(draft.id, { lines: [{ id: b!.id, behavior: 'delete' }] })
      assert.equal(removed.total, 1000)
    },
    'a draft can be deleted, a final invoice cannot': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      assert.equal((await shop.stripe.invoices.del(draft.id)).deleted, true)
      const other = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(other.id, { lines: [{ amount: 900 }] })
      await shop.stripe.invoices.finalizeInvoice(other.id)
      await refused(shop.stripe.invoices.del(other.id), undefined)
    },
    'voiding cancels the payment': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 900 }] })
      await shop.stripe.invoices.finalizeInvoice(draft.id)
      const voided = await shop.stripe.invoices.voidInvoice(draft.id, { expand: ['payments'] })
      assert.deepEqual([voided.status, voided.payments!.data[0]!.status], ['void', 'canceled'])
    },
    'an uncollectible invoice can still be paid': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 900 }] })
      await shop.stripe.invoices.finalizeInvoice(draft.id)
      assert.equal((await shop.stripe.invoices.markUncollectible(draft.id)).status, 'uncollectible')
      assert.equal((await shop.stripe.invoices.pay(draft.id)).status, 'paid')
    },
    'a payment outside Stripe pays without a charge': async (shop) => {
      const customer = await shop.customer(null)
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 900 }] })
      const paid = await shop.stripe.invoices.pay(draft.id, { paid_out_of_band: true })
      assert.deepEqual([paid.status, paid.amount_paid, paid.amount_paid_off_stripe], ['paid', 900, 900])
      assert.equal((await shop.stripe.charges.list()).data.length, 0)
    },
    'a declined payment answers 402 and leaves the invoice open': async (shop) => {
      const customer = await shop.customer('pm_card_chargeCustomerFail')
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 900 }] })
      await refused(shop.stripe.invoices.pay(draft.id), 'card_declined', 402)
      const open = await shop.stripe.invoices.retrieve(draft.id)
      assert.deepEqual([open.status, open.attempted, open.attempt_count], ['open', true, 1])
    },
    'an invoice is paid once': async (shop) => {
      const { invoice } = await subscribe(shop)
      await refused(shop.stripe.invoices.pay(invoice.id), undefined)
    },
    'sending gives it a due date and no attempt': async (shop) => {
      const customer = await shop.customer(null)
      const draft = await shop.stripe.invoices.create({
        customer: customer.id,
        collection_method: 'send_invoice',
        days_until_due: 14,
      })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 900 }] })
      const sent = await shop.stripe.invoices.sendInvoice(draft.id)
      assert.deepEqual([sent.status, sent.due_date, sent.attempted], ['open', january + 14 * day, false])
      assert.equal((await shop.events()).at(-1)!.type, 'invoice.sent')
    },
    'less than the least charge goes on the balance': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 30 }] })
      const final = await shop.stripe.invoices.finalizeInvoice(draft.id)
      assert.deepEqual([final.status, final.amount_due, final.ending_balance], ['paid', 0, 30])
    },
  }),
  ...rowsOf('invoicing/partial-payments', {
    'a payment of a part leaves the rest open': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 1000 }] })
      await shop.stripe.invoices.finalizeInvoice(draft.id)
      const pay = async (amount: number) => {
        const intent = await shop.stripe.paymentIntents.create({
          amount,
          currency: 'usd',
          customer: customer.id,
          payment_method: customer.invoice_settings.default_payment_method as string,
          confirm: true,
          off_session: true,
        })
        return shop.stripe.invoices.attachPayment(draft.id, { payment_intent: intent.id })
      }
      const part = await pay(400)
      assert.deepEqual([part.status, part.amount_paid, part.amount_remaining], ['open', 400, 600])
      const whole = await pay(600)
      assert.deepEqual([whole.status, whole.amount_paid, whole.amount_remaining], ['paid', 1000, 0])
    },
  }),
  ...rowsOf('billing/customer/balance', {
    'credit is taken before the card': async (shop) => {
      const customer = await shop.customer()
      await shop.stripe.customers.createBalanceTransaction(customer.id, { amount: -400, currency: 'usd' })
      const price = await shop.price(1000)
      const { latest_invoice } = await shop.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        expand: ['latest_invoice'],
      })
      const invoice = latest_invoice as Stripe.Invoice
      assert.deepEqual(
        [invoice.starting_balance, invoice.amount_due, invoice.amount_paid, invoice.ending_balance],
        [-400, 600, 600, 0],
      )
    },
  }),
  ...rowsOf('invoicing/integration/programmatic-credit-notes', {
    'a credit note on an open invoice lowers what is due': async (shop) => {
      const customer = await shop.customer()
      const draft = await shop.stripe.invoices.create({ customer: customer.id })
      await shop.stripe.invoices.addLines(draft.id, { lines: [{ amount: 1000 }] })
      await shop.stripe.invoices.finalizeInvoice(draft.id)
      const note = await shop.stripe.creditNotes.create({ invoice: draft.id, amount: 400 })
      assert.deepEqual([note.type, note.pre_payment_amount, note.status], ['pre_payment', 400, 'issued'])
      const open = await shop.stripe.invoices.retrieve(draft.id)
      assert.deepEqual([open.amount_remaining, open.pre_payment_credit_notes_amount], [600, 400])
      assert.equal((await shop.stripe.invoices.pay(draft.id)).amount_paid, 600)
    },
    'a paid invoice gives money back': async (shop) => {
      const { invoice } = await subscribe(shop)
      const note = await shop.stripe.creditNotes.create({ invoice: invoice.id, amount: 300, refund_amount: 300 })
      assert.equal(note.post_payment_amount, 300)
      const [refund] = (await shop.stripe.refunds.list()).data
      assert.equal(refund!.amount, 300)
    },
    'a paid invoice gives credit': async (shop) => {
      const { invoice, customer } = await subscribe(shop)
      await shop.stripe.creditNotes.create({ invoice: invoice.id, amount: 300, credit_amount: 300 })
      assert.equal(((await shop.stripe.customers.retrieve(customer.id)) as Stripe.Customer).balance, -300)
    },
    'what is credited must be covered, and no more than the invoice': async (shop) => {
      const { invoice } = await subscribe(shop)
      await refused(shop.stripe.creditNotes.create({ invoice: invoice.id, amount: 300 }), undefined)
      await refused(
        shop.stripe.creditNotes.create({ invoice: invoice.id, amount: 1001, credit_amount: 1001 }),
        undefined,
      )
    },
  }),
]
