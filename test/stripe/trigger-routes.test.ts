import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resources } from '../../src/stripe/resources/list.ts'
import { startSandbox } from './sandbox.ts'

type Sandbox = Awaited<ReturnType<typeof startSandbox>>

const typesOf = async ({ send }: Sandbox): Promise<string[]> => {
  const { body } = await send('GET /v1/events', 'limit=50')
  return body.data!.map(({ type }) => String(type)).reverse()
}

test('a payment page shows its session and refuses another amount than the customer was shown', async (t) => {
  const sandbox = await startSandbox(t, { resources })
  const { send } = sandbox
  const line = 'line_items[0][quantity]=2&line_items[0][price_data][currency]=usd'
  const data = 'line_items[0][price_data][unit_amount]=1500&line_items[0][price_data][product_data][name]=Mug'
  const form = `success_url=https://example.com&mode=payment&${line}&${data}`
  const { body: session } = await send('POST /v1/checkout/sessions', form)
  const path = `/v1/payment_pages/${String(session.id)}`

  const page = await send(`GET ${path}`)
  const wrong = await send(`POST ${path}/confirm`, 'payment_method=pm_card_visa&expected_amount=2999')
  const right = await send(`POST ${path}/confirm`, 'payment_method=pm_card_visa&expected_amount=3000')

  assert.equal(page.body.amount_total, 3000)
  assert.equal(wrong.body.error?.param, 'expected_amount')
  assert.deepEqual([right.body.status, right.body.payment_status], ['complete', 'paid'])
})

test('an issued card asks the account before the shop is answered', async (t) => {
  const sandbox = await startSandbox(t, { resources })
  const { send } = sandbox
  const address = 'billing[address][line1]=a&billing[address][city]=b&billing[address][country]=US'
  const holder = await send('POST /v1/issuing/cardholders', `name=A&${address}&billing[address][postal_code]=1`)
  const form = `currency=usd&type=virtual&status=active&cardholder=${String(holder.body.id)}`
  const card = String((await send('POST /v1/issuing/cards', form)).body.id)

  const { body } = await send(`POST /v1/issuing/cards/${card}/test/authorizations`, 'held_amount=250')

  const events = (await send('GET /v1/events', 'type=issuing_authorization.request')).body.data!
  const [event] = events as { data?: { object: Record<string, unknown> } }[]
  const asked = event!.data!.object
  assert.deepEqual([body.amount, body.approved], [250, true])
  assert.deepEqual([asked.id, asked.amount, asked.approved], [body.id, 0, false])
  assert.equal((asked.pending_request as { amount: number }).amount, 250)
})

test('a forced capture takes money, its receipt is told of, and no more than it is given back', async (t) => {
  const sandbox = await startSandbox(t, { resources })
  const { send } = sandbox
  const address = 'billing[address][line1]=a&billing[address][city]=b&billing[address][country]=US'
  const holder = await send('POST /v1/issuing/cardholders', `name=A&${address}&billing[address][postal_code]=1`)
  const card = await send('POST /v1/issuing/cards', `currency=usd&type=virtual&cardholder=${String(holder.body.id)}`)
  const form = `card=${String(card.body.id)}&amount=100&currency=usd`
  const receipt = 'purchase_details[receipt][0][description]=Ride&purchase_details[receipt][0][quantity]=1'

  const { body } = await send('POST /v1/test_helpers/issuing/transactions/create_force_capture', `${form}&${receipt}`)
  const path = `POST /v1/test_helpers/issuing/transactions/${String(body.id)}/refund`
  const tooMuch = await send(path, 'refund_amount=101')
  const refund = await send(path)

  assert.deepEqual([body.amount, body.type], [-100, 'capture'])
  assert.equal(tooMuch.status, 400)
  assert.deepEqual([refund.body.amount, refund.body.type], [100, 'refund'])
  const types = (await typesOf(sandbox)).filter((type) => type.startsWith('issuing_transaction'))
  assert.deepEqual(types, [
    'issuing_transaction.created',
    'issuing_transaction.purchase_details_receipt_updated',
    'issuing_transaction.created',
  ])
})

test('a report run is pending, then succeeded with a file', async (t) => {
  const sandbox = await startSandbox(t, { resources })
  const { clock, send } = sandbox
  const { body } = await send('POST /v1/reporting/report_runs', 'report_type=balance.summary.1')

  clock.advance(2000)

  const after = await send(`GET /v1/reporting/report_runs/${String(body.id)}`)
  assert.equal(body.status, 'pending')
  assert.equal(after.body.status, 'succeeded')
  assert.equal((after.body.result as { purpose: string }).purpose, 'finance_report_run')
  assert.ok((await typesOf(sandbox)).includes('reporting.report_run.succeeded'))
})

test('only an account made with nothing by an older version takes transfers without the capability', async (t) => {
  const { sandbox, send } = await startSandbox(t, { resources })
  const { api } = sandbox.schema.catalogue
  const charge = 'amount=5000&currency=usd&confirm=true&payment_method=pm_card_bypassPending'
  await send('POST /v1/payment_intents', `${charge}&payment_method_types[]=card`)
  const old = await send('POST /v1/accounts')
  const named = await send('POST /v1/accounts', 'type=express')
  const recent = await send('POST /v1/accounts', '', { 'stripe-version': api })

  const transfers = await Promise.all(
    [old, named, recent].map(({ body }) =>
      send('POST /v1/transfers', `amount=100&currency=usd&destination=${String(body.id)}`),
    ),
  )

  assert.deepEqual(
    transfers.map(({ status }) => status),
    [200, 400, 400],
  )
})

test('the secret and the URL of an event destination are told where they are asked for, once made and ever after', async (t) => {
  const { send } = await startSandbox(t, { resources })
  const headers = { 'content-type': 'application/json' }
  const destination = {
    name: 'a',
    type: 'webhook_endpoint',
    event_payload: 'thin',
    enabled_events: ['*'],
    webhook_endpoint: { url: 'http://127.0.0.1:9/hook' },
  }
  const include = ['webhook_endpoint.signing_secret']

  const made = await send('POST /v2/core/event_destinations', JSON.stringify({ ...destination, include }), headers)
  const read = await send(`GET /v2/core/event_destinations/${String(made.body.id)}`)
  const missing = await send(
    'POST /v2/core/event_destinations',
    JSON.stringify({ ...destination, webhook_endpoint: undefined }),
    headers,
  )

  assert.match((made.body.webhook_endpoint as { signing_secret: string }).signing_secret, /^whsec_\w{32}$/)
  assert.equal('url' in (made.body.webhook_endpoint as object), false)
  assert.deepEqual(read.body.webhook_endpoint, {})
  assert.equal(missing.status, 400)
})
