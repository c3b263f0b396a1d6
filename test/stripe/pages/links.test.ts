import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type Stripe from 'stripe'
import { need } from '../../support/need.ts'
import { openPages, type Pages, payWithCard } from './pages.ts'
import { readPdf } from './pdf.ts'

const browserNeeded = need('chromium')
let pages: Pages

before(async () => {
  if (!browserNeeded.skip) pages = await openPages()
})
after(() => pages?.close())

const older = { apiVersion: '2025-03-31.basil' } as const
const holder = { name: 'Ann Example', email: 'ann@example.com' }
const account = {
  account_number: '000123456789',
  routing_number: '110000000',
  account_holder_type: 'individual' as const,
}

const bankMethod = (stripe: Stripe) =>
  stripe.paymentMethods.create({ type: 'us_bank_account', billing_details: holder, us_bank_account: account })

const only = (type: string) => ({ payment_method_types: [type], confirm: true }) as object

async function depositIntent(stripe: Stripe): Promise<{ id: string; url: string }> {
  const { id: payment_method } = await bankMethod(stripe)
  const params = { amount: 900, currency: 'usd', payment_method, ...only('us_bank_account') }
  const { id, next_action } = await stripe.paymentIntents.create(params, older)
  return { id, url: next_action?.verify_with_microdeposits?.hosted_verification_url ?? '' }
}

test(
  'an account holder verifies a bank account by two amounts; wrong ones may be tried again',
  browserNeeded,
  async () => {
    const stripe = pages.client()
    const { id, url } = await depositIntent(stripe)

    await pages.visit(url, async (page) => {
      assert.match((await page.textContent('main')) ?? '', /account ending in 6789/)
      await page.getByLabel('First deposit').fill('1')
      await page.getByLabel('Second deposit').fill('2')
      await page.getByRole('button', { name: 'Verify' }).click()
      assert.match((await page.getByRole('alert').textContent()) ?? '', /do not match/)
      await page.getByLabel('First deposit').fill('45')
      await page.getByLabel('Second deposit').fill('32')
      await page.getByRole('button', { name: 'Verify' }).click()
      assert.equal(await page.textContent('h1'), 'Your bank account is verified')
      await page.goto(url)
      assert.equal(await page.textContent('h1'), 'Your bank account is verified')
    })

    assert.equal((await stripe.paymentIntents.retrieve(id)).status, 'processing')
  },
)

test('an attempt too many ends the verification, and the page says why', browserNeeded, async () => {
  const stripe = pages.client()
  const { id, url } = await depositIntent(stripe)

  await pages.visit(url, async (page) => {
    await page.getByLabel('First deposit').fill('10')
    await page.getByLabel('Second deposit').fill('11')
    await page.getByRole('button', { name: 'Verify' }).click()
    assert.match((await page.textContent('main')) ?? '', /exceeded the number of allowed/)
  })

  assert.equal((await stripe.paymentIntents.retrieve(id)).status, 'requires_payment_method')
})

test('a saved bank account is verified by the code beside the deposit', browserNeeded, async () => {
  const stripe = pages.client()
  const customer = await stripe.customers.create()
  const { id: payment_method } = await bankMethod(stripe)
  const params = { customer: customer.id, payment_method, ...only('us_bank_account') }
  const intent = await stripe.setupIntents.create(params, older)

  await pages.visit(intent.next_action?.verify_with_microdeposits?.hosted_verification_url ?? '', async (page) => {
    await page.getByLabel('Or the code').fill('sm11aa')
    await page.getByRole('button', { name: 'Verify' }).click()
    assert.equal(await page.textContent('h1'), 'Your bank account is verified')
  })

  assert.equal((await stripe.setupIntents.retrieve(intent.id)).status, 'succeeded')
})

test(
  'a bank transfer shows what to send and under which reference, and pays when it is sent',
  browserNeeded,
  async () => {
    const stripe = pages.client()
    const customer = await stripe.customers.create(holder)
    const params = {
      amount: 2500,
      currency: 'eur',
      customer: customer.id,
      payment_method_data: { type: 'customer_balance' as const },
      ...only('customer_balance'),
    }
    const intent = await stripe.paymentIntents.create(params, older)
    const details = intent.next_action?.display_bank_transfer_instructions

    await pages.visit(details?.hosted_instructions_url ?? '', async (page) => {
      const text = (await page.textContent('main')) ?? ''
      assert.match(text, new RegExp(`Send €25\\.00.*IBAN.*${details?.reference}`, 's'))
      await page.getByRole('button', { name: 'Send the money now' }).click()
      assert.equal(await page.textContent('h1'), 'The money has arrived')
    })

    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
  },
)

test('a mandate can be read: its reference, its account, since when', browserNeeded, async () => {
  const stripe = pages.client()
  const { id: payment_method } = await stripe.paymentMethods.create({
    type: 'sepa_debit',
    billing_details: holder,
    sepa_debit: { iban: 'AT611904300234573201' },
  })
  const saved = await stripe.setupIntents.create({ payment_method, ...only('sepa_debit') }, older)
  const mandate = await stripe.mandates.retrieve(String(saved.mandate))
  const { reference, url } = mandate.payment_method_details.sepa_debit ?? {}

  await pages.visit(url ?? '', async (page) => {
    assert.match(
      (await page.textContent('main')) ?? '',
      new RegExp(`SEPA Direct Debit mandate.*${reference}.*ending in 3201.*Ann Example.*active`, 's'),
    )
  })
})

test('the redirect of a source: allowed makes it chargeable, refused fails it', browserNeeded, async () => {
  const stripe = pages.client()
  for (const [button, word, status] of [
    ['Authorise test payment', 'succeeded', 'chargeable'],
    ['Fail test payment', 'failed', 'failed'],
  ] as const) {
    const redirect = { return_url: `${pages.shopUrl}/done?order=7` }
    const source = await stripe.sources.create({ type: 'ideal', amount: 500, currency: 'eur', redirect })
    await pages.visit(source.redirect?.url ?? '', async (page) => {
      await page.getByRole('button', { name: button }).click()
      const query = Object.fromEntries(new URL(page.url()).searchParams)
      const { client_secret } = source
      assert.deepEqual(query, {
        order: '7',
        client_secret,
        livemode: 'false',
        redirect_status: word,
        source: source.id,
      })
    })
    assert.equal((await stripe.sources.retrieve(source.id)).status, status)
  }
})

test('a login link opens the account of its holder once', browserNeeded, async () => {
  const stripe = pages.client()
  const { id } = await stripe.accounts.create({ type: 'express', email: 'holder@example.com' })
  await stripe.accounts.update(id, { capabilities: { transfers: { requested: true } } })
  const onboarding = await stripe.accountLinks.create({
    account: id,
    type: 'account_onboarding',
    refresh_url: `${pages.shopUrl}/again`,
    return_url: `${pages.shopUrl}/done`,
  })
  await pages.visit(onboarding.url, async (page) => {
    await page.getByRole('button', { name: 'Use test data and submit' }).click()
  })
  await stripe.charges.create({ amount: 5000, currency: 'usd', source: 'tok_bypassPending' })
  await stripe.transfers.create({ amount: 1200, currency: 'usd', destination: id })
  const { url } = await stripe.accounts.createLoginLink(id)

  await pages.visit(url, async (page) => {
    assert.match((await page.textContent('main')) ?? '', /holder@example\.com.*\$12\.00.*ending in 6789/s)
    await page.goto(url)
    assert.equal(await page.textContent('h1'), 'This link was used already')
  })
})

test('a credit note is a PDF with its number, lines and total', browserNeeded, async () => {
  const stripe = pages.client()
  const customer = await stripe.customers.create(holder)
  const draft = await stripe.invoices.create({
    customer: customer.id,
    collection_method: 'send_invoice',
    days_until_due: 3,
  })
  await stripe.invoiceItems.create({
    customer: customer.id,
    invoice: draft.id,
    amount: 9000,
    currency: 'usd',
    description: 'Desk',
  })
  await stripe.invoices.finalizeInvoice(draft.id)
  const note = await stripe.creditNotes.create({ invoice: draft.id, amount: 1500, memo: 'Scratched' })

  const answer = await fetch(note.pdf)
  const text = readPdf(Buffer.from(await answer.arrayBuffer()))
    .pages.flat()
    .join(' ')

  assert.equal(answer.headers.get('content-type'), 'application/pdf')
  assert.match(text, new RegExp(`Credit note.*${note.number}.*Total credited.*\\$15\\.00.*Scratched`))
})

const sessionWith = (stripe: Stripe, params: Partial<Stripe.Checkout.SessionCreateParams>) =>
  stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: `${pages.shopUrl}/done?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${pages.shopUrl}/cart`,
    line_items: [{ price_data: { currency: 'usd', unit_amount: 2000, product_data: { name: 'Pack' } }, quantity: 1 }],
    ...params,
  })

test(
  'an expired session gives its promotion code back and cancels the payment that was begun',
  browserNeeded,
  async () => {
    const stripe = pages.client()
    const coupon = await stripe.coupons.create({ percent_off: 50, duration: 'once', max_redemptions: 1 })
    const promotion = { type: 'coupon' as const, coupon: coupon.id }
    const { id: code } = await stripe.promotionCodes.create({ promotion, code: 'HALF', max_redemptions: 1 })
    const session = await sessionWith(stripe, { allow_promotion_codes: true })

    await pages.visit(session.url, async (page) => {
      await page.getByLabel('Promotion code').fill('half')
      await page.getByRole('button', { name: 'Apply' }).click()
      await payWithCard(page, '4000000000000002', 'Pay $10.00')
      assert.equal((await stripe.promotionCodes.retrieve(code)).active, false)
      await stripe.checkout.sessions.expire(session.id)
      await page.getByRole('button', { name: 'Remove' }).click()
      assert.equal(await page.textContent('h1'), 'This page has expired')
    })

    const { active, times_redeemed } = await stripe.promotionCodes.retrieve(code)
    const { status, cancellation_reason } = await stripe.paymentIntents.retrieve(
      String((await stripe.checkout.sessions.retrieve(session.id)).payment_intent),
    )
    assert.deepEqual([active, times_redeemed, (await stripe.coupons.retrieve(coupon.id)).valid], [true, 0, true])
    assert.deepEqual([status, cancellation_reason], ['canceled', 'expired'])
  },
)

test('the recovery address of an expired session opens it anew, for thirty days', browserNeeded, async () => {
  const stripe = pages.client()
  const recovery = { enabled: true, allow_promotion_codes: true }
  const session = await sessionWith(stripe, { after_expiration: { recovery }, metadata: { order: '7' } })
  assert.equal(session.after_expiration?.recovery?.url, null)
  await pages.sandbox.pass(24 * 3600)
  const [event] = (await stripe.events.list({ type: 'checkout.session.expired' })).data
  const expired = event?.data.object as Stripe.Checkout.Session
  const { expires_at, url } = expired.after_expiration?.recovery ?? {}
  assert.equal(expires_at, (event?.created ?? 0) + 30 * 24 * 3600)

  await pages.visit(url ?? '', async (page) => {
    const first = page.url()
    await page.goto(url ?? '')
    assert.equal(page.url(), first)
    assert.equal(await page.getByLabel('Promotion code').count(), 1)
    await payWithCard(page, '4242424242424242', 'Pay $20.00')
    assert.match(page.url(), /done\?session=cs_test_/)
  })
  const [paid] = (await stripe.checkout.sessions.list({ limit: 1 })).data
  assert.deepEqual([paid?.recovered_from, paid?.status, paid?.metadata], [session.id, 'complete', { order: '7' }])

  await pages.sandbox.pass(30 * 24 * 3600)
  await pages.visit(url ?? '', async (page) => {
    assert.equal(await page.textContent('h1'), 'This page has expired')
  })
})
