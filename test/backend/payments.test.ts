import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStory, endState, permutations, send } from './events.ts'
import { startBackend } from './support.ts'

type Story = ReturnType<typeof createStory>

const cases: { name: string; events: (story: Story) => object[]; want: object }[] = [
  {
    name: 'captured, announced twice',
    events: (story) => [story.cap(), story.cs(), story.cap()],
    want: { active: 5, total: 5, status: 'captured', refunded: 0, captures: 1, refunds: 0, mails: 1 },
  },
  {
    name: 'captured and refunded, announced by charge and by refund',
    events: (story) => [story.cap(), story.cs(), story.refunded(), story.refund()],
    want: { active: 0, total: 5, status: 'refunded', refunded: 4999, captures: 1, refunds: 1, mails: 1 },
  },
  {
    name: 'refunded in two parts',
    events: (story) => [story.cap(), story.refunded(2000), story.refunded(4999), story.cs()],
    want: { active: 0, total: 5, status: 'refunded', refunded: 4999, captures: 1, refunds: 2, mails: 1 },
  },
  {
    name: 'refunded in part',
    events: (story) => [story.cap(), story.refunded(2000), story.refund(story.re, 2000)],
    want: { active: 5, total: 5, status: 'partially_refunded', refunded: 2000, captures: 1, refunds: 1, mails: 1 },
  },
  {
    name: 'a refund that failed',
    events: (story) => [story.cap(), story.refunded(), story.refund(story.re, 4999, 'failed', 'refund.failed')],
    want: { active: 5, total: 5, status: 'captured', refunded: 0, captures: 1, refunds: 1, mails: 1 },
  },
  {
    name: 'disputed and won',
    events: (story) => [story.cap(), story.dispute('needs_response'), story.dispute('won', 'charge.dispute.closed')],
    want: { active: 5, total: 5, status: 'captured', refunded: 0, captures: 1, refunds: 0, mails: 1 },
  },
  {
    name: 'disputed and lost',
    events: (story) => [story.cap(), story.dispute('needs_response'), story.dispute('lost', 'charge.dispute.closed')],
    want: { active: 0, total: 5, status: 'charged_back', refunded: 0, captures: 1, refunds: 0, mails: 1 },
  },
]

for (const { name, events, want } of cases)
  test(`every order of the events ends the same: ${name}`, async (t) => {
    const bench = await startBackend(t)
    const count = permutations(events(createStory())).length
    for (let order = 0; order < count; order++) {
      const story = createStory()
      const sequence = permutations(events(story))[order] as object[]
      for (const event of sequence) assert.equal((await send(bench, event)).status, 200)
      const types = sequence.map((event) => (event as { type: string }).type).join(', ')
      assert.deepEqual(await endState(bench, story), want, types)
    }
    assert.equal((await bench.app.inject('/audit/verify')).json().ok, true)
  })

test('while a dispute is open the cards are suspended', async (t) => {
  const bench = await startBackend(t)
  const story = createStory()
  await send(bench, story.dispute('needs_response'))
  await send(bench, story.cap())
  const { active, total, status } = await endState(bench, story)
  assert.deepEqual([active, total, status], [0, 5, 'disputed'])
})

test('an unpaid session delivers nothing until its payment has succeeded', async (t) => {
  const bench = await startBackend(t)
  const story = createStory()
  await send(bench, story.cs({ payment_status: 'unpaid' }))
  assert.equal((await endState(bench, story)).total, 0)
  await send(bench, { ...story.cs(), type: 'checkout.session.async_payment_succeeded' })
  assert.equal((await endState(bench, story)).active, 5)
})

for (const [what, charged] of [
  ['amount', { amount: 100 }],
  ['currency', { currency: 'jpy' }],
  ['captured part', { amount_received: 100 }],
] as const)
  test(`another ${what} than the price is taken note of and delivers nothing`, async (t) => {
    const bench = await startBackend(t)
    const story = createStory()
    assert.equal((await send(bench, story.cap(charged))).status, 200)
    const { total, status, mails } = await endState(bench, story)
    assert.deepEqual([total, status, mails], [0, 'mismatch', 0])
  })

test('metadata that names nobody is acknowledged, and a later event that does delivers', async (t) => {
  const bench = await startBackend(t)
  const story = createStory()
  for (const metadata of [undefined, null, 'text', { user: {} }, { user: 7, pack: ['black'] }])
    assert.equal((await send(bench, story.cap({ metadata }))).status, 200)
  assert.equal((await endState(bench, story)).status, 'unattributed')
  await send(bench, story.cs())
  assert.equal((await endState(bench, story)).active, 5)
})

test('genuine bodies that are no events are refused with 400 and events of no known type acknowledged', async (t) => {
  const bench = await startBackend(t)
  const story = createStory()
  for (const body of ['{', 'null', '[]', '"x"', '{"type":1}', JSON.stringify({ ...story.cap(), data: {} })])
    assert.equal((await send(bench, body)).status, 400, body)
  assert.equal((await send(bench, story.event('payment_intent.succeeded', { id: story.pi }))).status, 400)
  const unknown = await send(bench, story.event('tax.settings.updated', {}))
  assert.deepEqual([unknown.status, unknown.body.processed], [200, false])
})

test('the answers have the shapes that card-pack backends give', async (t) => {
  const bench = await startBackend(t)
  const story = createStory()
  const first = (await send(bench, story.cap())).body
  const { purchase_id } = first.result.result
  assert.deepEqual(first, {
    status: 'success',
    processed: true,
    result: {
      status: 'captured',
      payment_id: story.pi,
      user_id: story.user,
      pack_type: 'black',
      result: { status: 'completed', cards_created: 5, purchase_id },
    },
  })
  assert.equal((await send(bench, story.cs())).body.result.result.status, 'ALREADY_PROCESSED')
  const { result } = (await send(bench, story.refunded())).body
  assert.deepEqual(
    [result.status, result.refund_amount, result.result],
    ['refunded', 4999, { status: 'refunded', cards_revoked: 5, purchase_id }],
  )
  assert.equal((await send(bench, story.refund())).body.result.result.status, 'already_refunded')
})

test('a refused webhook is recorded with its reason and with nothing that it said', async (t) => {
  const bench = await startBackend(t)
  const story = createStory()
  const answer = await send(bench, story.cap(), 'whsec_of_somebody_else')
  assert.deepEqual([answer.status, answer.body], [401, { error: 'Invalid signature', message: 'no-match' }])
  const { items } = (await bench.app.inject('/audit?target=webhook')).json()
  assert.deepEqual(items[0].payload, { gateway: 'stripe', reason: 'no-match' })
  assert.equal((await endState(bench, story)).total, 0)
})

test('an address that nobody can write to holds up neither its payment nor the mails of others', async (t) => {
  const bench = await startBackend(t)
  const odd = createStory()
  const metadata = { user: odd.user, email: 'ada@exam\uff20ple.test', pack: 'black' }
  assert.equal((await send(bench, odd.cap({ metadata }))).status, 200)
  const fine = createStory()
  assert.equal((await send(bench, fine.cap())).status, 200)
  assert.equal((await endState(bench, odd)).active, 5)
  assert.equal((await endState(bench, fine)).mails, 1)
  assert.deepEqual((await bench.backend.database.query('select key from pending_mails')).rows, [])
})
