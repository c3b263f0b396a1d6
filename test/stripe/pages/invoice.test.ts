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

async function openInvoice(stripe: Stripe, lines: readonly [string, number][] = [['Consulting', 12_500]]) {
  const customer = await stripe.customers.create({ name: 'Ann Example', email: 'ann@example.com' })
  const params = { customer: customer.id, collection_method: 'send_invoice', days_until_due: 30 } as const
  const draft = await stripe.invoices.create({ ...params, auto_advance: false })
  for (const [description, amount] of lines)
    await stripe.invoiceItems.create({ customer: customer.id, invoice: draft.id, amount, currency: 'usd', description })
  return stripe.invoices.finalizeInvoice(draft.id)
}

const typesOf = async (stripe: Stripe): Promise<string[]> =>
  (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type)

test('an open invoice shows its lines and total, and is paid by card', browserNeeded, async () => {
  const stripe = pages.client()
  const invoice = await openInvoice(stripe, [
    ['Design <i>work</i>', 10_000],
    ['Hosting', 2_500],
  ])

  await pages.visit(invoice.hosted_invoice_url ?? '', async (page) => {
    const text = (await page.textContent('main')) ?? ''
    assert.match(text, /Design <i>work<\/i>.*\$100\.00.*Hosting.*\$25\.00.*Amount due\$125\.00/s)
    assert.match(text, new RegExp(`${invoice.number}.*Ann Example`, 's'))
    await payWithCard(page, '4242424242424242', 'Pay $125.00')
    assert.match((await page.textContent('main')) ?? '', /Paid on .* nothing more to do/s)
    await page.getByRole('link', { name: 'View receipt' }).click()
    assert.match((await page.textContent('h1')) ?? '', /Receipt for \$125\.00/)
  })

  const paid = await stripe.invoices.retrieve(invoice.id)
  assert.deepEqual([paid.status, paid.amount_paid, paid.amount_remaining], ['paid', 12_500, 0])
  const types = await typesOf(stripe)
  for (const type of ['payment_intent.succeeded', 'charge.succeeded', 'invoice.paid', 'invoice.payment_succeeded'])
    assert.ok(types.includes(type), type)
})

test('a declined card is said, and the invoice stays open', browserNeeded, async () => {
  const stripe = pages.client()
  const invoice = await openInvoice(stripe)

  await pages.visit(invoice.hosted_invoice_url ?? '', async (page) => {
    await payWithCard(page, '4000000000009995', 'Pay $125.00')
    assert.match((await page.getByRole('alert').textContent()) ?? '', /insufficient funds/)
    assert.equal(await page.getByLabel('Card number').inputValue(), '')
  })

  assert.equal((await stripe.invoices.retrieve(invoice.id)).status, 'open')
  assert.ok((await typesOf(stripe)).includes('invoice.payment_failed'))
})

test('3-D Secure comes back to the invoice, failed or passed', browserNeeded, async () => {
  const stripe = pages.client()
  const invoice = await openInvoice(stripe)

  await pages.visit(invoice.hosted_invoice_url ?? '', async (page) => {
    await payWithCard(page, '4000002760003184', 'Pay $125.00')
    await page.getByRole('button', { name: 'Fail authentication' }).click()
    assert.match((await page.getByRole('alert').textContent()) ?? '', /unable to authenticate/)
    await payWithCard(page, '4000002760003184', 'Pay $125.00')
    await page.getByRole('button', { name: 'Complete authentication' }).click()
    assert.equal(new URL(page.url()).pathname, `/i/${invoice.id}`)
    assert.equal(await page.textContent('.state'), 'Paid')
  })

  assert.equal((await stripe.invoices.retrieve(invoice.id)).status, 'paid')
})

test('a void invoice takes no card; an uncollectible one still does', browserNeeded, async () => {
  const stripe = pages.client()
  const gone = await openInvoice(stripe)
  const writtenOff = await openInvoice(stripe)
  await stripe.invoices.voidInvoice(gone.id)
  await stripe.invoices.markUncollectible(writtenOff.id)

  await pages.visit(gone.hosted_invoice_url ?? '', async (page) => {
    assert.match((await page.textContent('main')) ?? '', /Void.*does not have to be paid/s)
    assert.equal(await page.getByLabel('Card number').count(), 0)
  })
  await pages.visit(writtenOff.hosted_invoice_url ?? '', async (page) => {
    assert.equal(await page.textContent('.state'), 'Uncollectible')
    await payWithCard(page, '4242424242424242', 'Pay $125.00')
    assert.equal(await page.textContent('.state'), 'Paid')
  })
})

test('a draft has no page, and neither does an invoice that nobody knows', browserNeeded, async () => {
  const stripe = pages.client()
  const customer = await stripe.customers.create()
  const draft = await stripe.invoices.create({ customer: customer.id })

  for (const id of [draft.id, 'in_unknown'])
    assert.equal((await fetch(`${pages.sandbox.server.url}/i/${id}`)).status, 404)
})

test('the PDF has number, lines and totals, on as many pages as it takes', browserNeeded, async () => {
  const stripe = pages.client()
  const lines = Array.from({ length: 60 }, (_, index) => [`Item ${index + 1} (ø, €, 漢)`, 1_000] as [string, number])
  const invoice = await openInvoice(stripe, lines)

  const answer = await fetch(invoice.invoice_pdf ?? '')
  const pdf = readPdf(Buffer.from(await answer.arrayBuffer()))

  assert.equal(answer.headers.get('content-type'), 'application/pdf')
  assert.ok(pdf.pages.length > 1)
  const text = pdf.pages.flat()
  for (const wanted of [
    invoice.number ?? '',
    'Item 1 (ø, \x80, ?)',
    'Item 60 (ø, \x80, ?)',
    'Ann Example',
    'Amount due',
  ])
    assert.ok(text.includes(wanted), wanted)
  assert.equal(text.at(-1), '$600.00')
})

test('on a phone the invoice is not wider than the screen', browserNeeded, async () => {
  const invoice = await openInvoice(pages.client(), [['unbreakable'.repeat(20), 99_999_900]])
  const phone = { viewport: { width: 390, height: 844 }, javaScriptEnabled: true }

  await pages.visit(
    invoice.hosted_invoice_url ?? '',
    async (page) => assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390),
    phone,
  )
})
