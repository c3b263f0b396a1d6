import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type Stripe from 'stripe'
import { type Sandbox, startSandbox } from '../../support/stripe.ts'

let sandbox: Sandbox
/** Every address of the sandbox itself that was in an answer. */
const met = new Set<string>()

before(async () => {
  sandbox = await startSandbox({
    onAnswer: (_request, { body }) => {
      const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
      for (const [address] of text.matchAll(/http:\/\/127\.0\.0\.1:\d+\/[^"\s\\]+/g)) met.add(address)
    },
  })
})
after(() => sandbox.server.close())

const older = { apiVersion: '2025-03-31.basil' } as const

/** Does everything whose answer has an address in it. */
async function handOutAddresses(stripe: Stripe): Promise<void> {
  const shop = 'https://shop.test/done'
  const customer = await stripe.customers.create({ name: 'Ann', email: 'ann@example.com' })
  const price_data = { currency: 'usd', unit_amount: 2000, product_data: { name: 'Pack' } }
  const params = { mode: 'payment' as const, success_url: shop, line_items: [{ price_data, quantity: 1 }] }
  await stripe.checkout.sessions.create(params)
  const after_expiration = { recovery: { enabled: true } }
  const session = await stripe.checkout.sessions.create({ ...params, after_expiration })
  await stripe.checkout.sessions.expire(session.id)
  met.delete(String(session.url))
  const price = await stripe.prices.create(price_data)
  await stripe.paymentLinks.create({ line_items: [{ price: price.id, quantity: 1 }] })
  await stripe.billingPortal.sessions.create({ customer: customer.id })
  await stripe.charges.create({ amount: 500, currency: 'usd', source: 'tok_visa' })
  await stripe.paymentIntents.create({
    amount: 500,
    currency: 'usd',
    confirm: true,
    payment_method: 'pm_card_threeDSecure2Required',
    return_url: shop,
  })
  await invoice(stripe, customer.id)
  await banks(stripe, customer.id)
  await stripe.sources.create({ type: 'ideal', amount: 500, currency: 'eur', redirect: { return_url: shop } })
  await connect(stripe, shop)
  await stripe.identity.verificationSessions.create({ type: 'document' })
  const data = { data: Buffer.from('%PDF-1.4'), name: 'a.pdf', type: 'application/pdf' }
  const file = await stripe.files.create({ purpose: 'dispute_evidence', file: data })
  await stripe.fileLinks.create({ file: file.id })
}

async function invoice(stripe: Stripe, customer: string): Promise<void> {
  const draft = await stripe.invoices.create({ customer, collection_method: 'send_invoice', days_until_due: 3 })
  await stripe.invoiceItems.create({ customer, invoice: draft.id, amount: 900, currency: 'usd' })
  await stripe.invoices.finalizeInvoice(draft.id)
  await stripe.creditNotes.create({ invoice: draft.id, amount: 100 })
}

async function banks(stripe: Stripe, customer: string): Promise<void> {
  const billing_details = { name: 'Ann', email: 'ann@example.com' }
  const details = { account_number: '000123456789', routing_number: '110000000', account_holder_type: 'individual' }
  const bank = await stripe.paymentMethods.create({
    type: 'us_bank_account',
    billing_details,
    us_bank_account: details as Stripe.PaymentMethodCreateParams.UsBankAccount,
  })
  const params = { amount: 500, currency: 'usd', confirm: true, customer }
  const types = (type: string) => ({ payment_method_types: [type] }) as object
  await stripe.paymentIntents.create({ ...params, ...types('us_bank_account'), payment_method: bank.id }, older)
  await stripe.setupIntents.create(
    { confirm: true, customer, ...types('us_bank_account'), payment_method: bank.id },
    older,
  )
  await stripe.paymentIntents.create(
    {
      ...params,
      ...types('customer_balance'),
      payment_method_data: { type: 'customer_balance' },
      payment_method_options: {
        customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
      },
    },
    older,
  )
  const sepa = await stripe.paymentMethods.create({
    type: 'sepa_debit',
    billing_details,
    sepa_debit: { iban: 'AT611904300234573201' },
  })
  const saved = await stripe.setupIntents.create(
    { confirm: true, customer, ...types('sepa_debit'), payment_method: sepa.id },
    older,
  )
  await stripe.mandates.retrieve(String(saved.mandate))
}

async function connect(stripe: Stripe, shop: string): Promise<void> {
  const account = await stripe.accounts.create({ type: 'express', email: 'holder@example.com' })
  await stripe.accountLinks.create({
    account: account.id,
    type: 'account_onboarding',
    refresh_url: shop,
    return_url: shop,
  })
  await stripe.accounts.createLoginLink(account.id)
}

/** The first parts of the paths that the sources make addresses of. */
function madeAddresses(): string[] {
  const files = readdirSync('src/stripe', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const places = files.flatMap((file) => [
    ...readFileSync(join('src/stripe', file), 'utf8').matchAll(/\.url\(`(\/[^$`]*)\$/g),
  ])
  return [...new Set(places.map(([, start]) => String(start)))].sort()
}

test('every address that an answer hands out leads to a page', async () => {
  const stripe = sandbox.client()
  await handOutAddresses(stripe)

  const addresses = [...met].filter((address) => !new URL(address).pathname.startsWith('/v1/'))
  for (const address of addresses) {
    const answer = await fetch(address, { redirect: 'manual' })
    await answer.arrayBuffer()
    const isThere = answer.status === 200 || (answer.status === 303 && answer.headers.get('location'))
    assert.ok(isThere, `${address} is answered ${answer.status}`)
  }

  const paths = addresses.map((address) => new URL(address).pathname)
  const unseen = madeAddresses().filter(
    (start) => start !== '/v1/files/' && !paths.some((path) => path.startsWith(start)),
  )
  assert.deepEqual(unseen, [])
})
