import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { secretsOf } from '../../../src/stripe/webhooks/endpoints.ts'
import { type Board, key, startBoard, startReceiver } from './board.ts'

let board: Board
before(async () => {
  board = await startBoard()
})
after(() => board.close())

const hostile = '"><script>alert(1)</script>'

test('every page is answered for an account in which nothing has happened', async () => {
  for (const path of [
    '/',
    '/objects',
    '/objects/customer',
    '/events',
    '/requests',
    '/webhooks',
    '/clock',
    '/objects?q=x',
  ]) {
    const { status, text } = await board.get(path)
    assert.equal(status, 200, path)
    assert.match(text, /<h1>/, path)
  }
})

test('what others wrote is text on every page', async () => {
  const customer = await board.stripe.customers.create({
    name: hostile,
    email: 'ada@example.com',
    metadata: { [`<i>`]: hostile },
  })
  await board.stripe.customers.retrieve(`cus_<b>x`).catch(() => {})
  const event = (await board.stripe.events.list({ limit: 1 })).data[0]!
  const paths = ['/', '/objects/customer', `/objects/customer/${customer.id}`, `/events/${event.id}`, '/requests']
  const questions = ['/objects?q=', '/events?type=', '/requests?path=', '/objects/customer?q=', '/objects/'].map(
    (path) => path + encodeURIComponent(hostile),
  )

  for (const path of [...paths, ...questions]) {
    const { text } = await board.get(path)
    assert.doesNotMatch(text, /<script>|<i>|<b>x/, path)
  }
})

test('no page shows a key or a signing secret', async () => {
  const endpoint = await board.stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/x', enabled_events: ['*'] })
  const intent = await board.stripe.paymentIntents.create({ amount: 500, currency: 'eur' })
  const requests = [endpoint.lastResponse.requestId, intent.lastResponse.requestId]
  const paths = ['/', '/webhooks', `/objects/webhook_endpoint/${endpoint.id}`, `/objects/payment_intent/${intent.id}`]

  for (const path of [...paths, ...requests.map((id) => `/requests/${id}`)]) {
    const { status, text } = await board.get(path)
    assert.equal(status, 200, path)
    for (const secret of [key, endpoint.secret!, intent.client_secret!])
      assert.ok(!text.includes(secret), `${path} shows ${secret}`)
  }
})

test('a request shows what was asked, what was answered and its key; an imitated answer says so', async () => {
  const made = await board.stripe.customers.create({ email: 'key@example.com' }, { idempotencyKey: 'order-4711' })
  const { text } = await board.get(`/requests/${made.lastResponse.requestId}`)
  assert.match(text, /order-4711/)
  assert.equal(text.match(/key@example\.com/g)?.length, 2)

  const generic = await board.stripe.apps.secrets.create({ name: 'n', payload: 'p', scope: { type: 'account' } })
  const row = (await board.get('/requests?result=generic')).text
  assert.match(row, new RegExp(`data-key="${generic.lastResponse.requestId}"`))
  assert.match(row, />generic</)
})

test('an object is found by id, e-mail and metadata, and its page names its events and requests', async () => {
  const customer = await board.stripe.customers.create({ email: 'grace@example.com', metadata: { ship: 'hopper-77' } })
  const byId = await fetch(`${board.url}/objects?q=${customer.id}`, { redirect: 'manual' })
  assert.equal(byId.headers.get('location'), `/objects/customer/${customer.id}`)
  for (const term of ['GRACE@example', 'ship:hopper-77', 'hopper-7']) {
    const { text } = await board.get(`/objects?q=${encodeURIComponent(term)}`)
    assert.ok(text.includes(customer.id), term)
  }

  const { text } = await board.get(`/objects/customer/${customer.id}`)
  assert.match(text, />customer\.created</)
  assert.ok(text.includes(customer.lastResponse.requestId))
})

test('accounts do not see each other, and links stay in the one that was chosen', async () => {
  const theirs = await board.stranger.customers.create({ email: 'stranger@example.com' })
  const account = [...board.sandbox.server.accounts.all()].find(({ store }) => store.table('customer').get(theirs.id))!

  assert.equal((await board.get(`/objects/customer/${theirs.id}`)).status, 404)
  const { status, text } = await board.get(`/objects/customer/${theirs.id}?account=${account.id}`)
  assert.equal(status, 200)
  assert.match(text, new RegExp(`href="/events\\?account=${account.id}"`))
  assert.equal((await board.get('/?account=acct_nobody')).status, 404)
})

test('sending an event again reaches the endpoint, and its page shows attempt, signature and answer', async () => {
  const receiver = await startReceiver()
  const endpoint = await board.stripe.webhookEndpoints.create({
    url: receiver.url,
    enabled_events: ['product.created'],
  })
  const product = await board.stripe.products.create({ name: 'Tea' })
  const { data } = await board.stripe.events.list({ type: 'product.created' })
  const event = data.find(({ data }) => (data.object as { id: string }).id === product.id)!
  await board.sandbox.server.webhooks.idle()

  const answer = await board.post(`/events/${event.id}/resend`, { endpoint: endpoint.id })
  await board.sandbox.server.webhooks.idle()

  assert.deepEqual([answer.status, answer.headers.get('location')], [303, `/events/${event.id}?done=sent`])
  assert.equal(receiver.received.length, 2)
  const { text } = await board.get(`/events/${event.id}`)
  for (const signature of receiver.received) assert.ok(text.includes(signature))
  assert.match(text, /received/)
  receiver.close()
})

test('the clock, faults and traffic are turned by forms', async () => {
  const { accounts } = board.sandbox.server
  const account = [...accounts.all()].find(({ store }) => store.journal.total > 3)!
  const started = account.clock.now()

  await board.post('/clock', { advance: '2h' })
  assert.equal(account.clock.now() - started, 2 * 3_600_000)

  await board.post('/clock', { set: '2031-05-06T07:08' })
  assert.equal(new Date(account.clock.now()).toISOString(), '2031-05-06T07:08:00.000Z')

  await board.post('/faults', { on: 'POST /v1/coupons', nth: '1', times: '1', then: '429' })
  await assert.rejects(board.stripe.coupons.create({ percent_off: 10, duration: 'once' }), { statusCode: 429 })

  await board.post('/webhooks/traffic', { hold: 'all', copies: '1', delay: '0s' })
  await board.stripe.coupons.create({ percent_off: 10, duration: 'once' })
  assert.match((await board.get('/webhooks')).text, /1 event held back/)
  await board.post('/webhooks/release', { order: 'created' })
  await board.post('/webhooks/traffic', { hold: '', copies: '1', delay: '0s' })
  assert.doesNotMatch((await board.get('/webhooks')).text, /held back<\/strong>/)
})

test('a form that cannot be done says why, on its page, and changes nothing', async () => {
  const answer = await board.post('/clock', { advance: 'soon' })

  assert.equal(answer.status, 422)
  assert.match(await answer.text(), /role="alert">[^<]*is not a duration/)
  for (const [set, why] of [
    ['tomorrow', /a date such as/],
    ['2031-02-30T99:00', /no such date/],
    ['9999-01-01T00:00', /ten years at a time/],
  ] as const)
    assert.match(await (await board.post('/clock', { set })).text(), why)
})

test('a rolled secret is told once, on the answer to the form, and on no page after it', async () => {
  const { id } = await board.stripe.webhookEndpoints.create({ url: 'http://127.0.0.1:9/', enabled_events: ['*'] })

  const answer = await board.post('/webhooks/roll', { endpoint: id, expires: '1h' })

  const [secret = ''] = /whsec_[A-Za-z0-9]{32}/.exec(await answer.text()) ?? []
  assert.equal(answer.status, 200)
  const account = [...board.sandbox.server.accounts.all()].find(({ store }) => store.table('webhook_endpoint').get(id))
  assert.equal(secretsOf(account!, id)[0], secret)
  const page = (await board.get('/webhooks')).text
  assert.ok(!page.includes(secret))
  assert.match(page, /Signed with <code>whsec_…\w{4}, whsec_…\w{4}<\/code>, the second until/)
  assert.equal((await board.post('/webhooks/roll', { endpoint: 'we_none', expires: '1h' })).status, 404)
})

test('every operation of the API has a page with what it takes and answers', async () => {
  const list = (await board.get('/api?word=refunds')).text
  assert.match(list, /href="\/api\/Refunds\.create"/)
  assert.doesNotMatch(list, /Customers\.create/)

  for (const { sdk } of board.sandbox.server.schema.catalogue.operations) {
    const { status, text } = await board.get(`/api/${sdk}`)
    assert.equal(status, 200, sdk)
    assert.match(text, /<h2 id="answers">/)
  }
  assert.match((await board.get('/api/Prices.create')).text, /<code>currency<\/code>[\s\S]{0,200}required/)
  assert.equal((await board.get('/api/Nothing.create')).status, 404)
})

test('forms of other pages and requests to other host names are refused', async () => {
  const foreign = await board.post('/clock', { advance: '1h' }, { 'sec-fetch-site': 'same-site' })
  const silent = await board.post('/clock', { advance: '1h' }, {})
  assert.deepEqual([foreign.status, silent.status], [403, 403])

  const { port } = new URL(board.url)
  const rebound = await new Promise<IncomingMessage>((done) =>
    request({ host: '127.0.0.1', port, path: '/', headers: { host: 'evil.example' } }, done).end(),
  )
  rebound.resume()
  assert.equal(rebound.statusCode, 403)
})

test('what runs wrote allows no script at all; the pages of the dashboard only our own', async () => {
  await mkdir(join(board.qaDir, 'status'), { recursive: true })
  await writeFile(join(board.qaDir, 'status', 'index.html'), '<h1>Status</h1>')
  const run = { status: 'FAIL', profile: 'run-all', reason: 'two <b>failed</b>', finishedAt: '2026-03-14T15:31:00Z' }
  await writeFile(join(board.qaDir, 'run.json'), JSON.stringify(run))

  const [page, status] = [await board.get('/'), await board.get('/qa/status/index.html')]

  assert.match(page.headers.get('content-security-policy') ?? '', /script-src 'self'/)
  assert.doesNotMatch(status.headers.get('content-security-policy') ?? '', /script-src/)
  assert.match(page.text, /FAIL[\s\S]*two &lt;b&gt;|FAIL[\s\S]*two &#60;b/)
  assert.match(page.text, /href="\/qa\/status\/index\.html"/)
})
