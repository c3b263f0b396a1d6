import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPostgres } from '../../src/backend/db/postgres.ts'
import { openRedis } from '../../src/backend/redis.ts'
import { need } from '../support/need.ts'
import { startPostgres } from '../support/postgres.ts'
import { startRedis } from '../support/redis.ts'
import { createStory, endState, send, untilTrue } from './events.ts'
import { startBackend } from './support.ts'

test(
  'on PostgreSQL, different events of one payment at once end as they do one after the other',
  need('postgres'),
  async (t) => {
    const server = await startPostgres()
    t.after(() => server.stop())
    const bench = await startBackend(t, {}, server.url)
    for (let round = 0; round < 6; round++) {
      const story = createStory()
      const events = [story.cap(), story.cs(), story.refunded(2000), story.refunded(), story.refund(), story.cap()]
      const answers = await Promise.all(events.map((event) => send(bench, event)))
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
      const { active, total, status, refunded, captures, mails } = await endState(bench, story)
      assert.deepEqual([active, total, status, refunded, captures, mails], [0, 5, 'refunded', 4999, 1, 1])
    }
    assert.equal((await bench.app.inject('/audit/verify')).json().ok, true)
  },
)

test('on PostgreSQL, as many simultaneous checkouts as there are make one session', need('postgres'), async (t) => {
  const server = await startPostgres()
  t.after(() => server.stop())
  const bench = await startBackend(t, {}, server.url)
  const payload = { user: 'u1', email: 'u1@example.test', pack: 'black' }
  const order = () =>
    bench.app.inject({ method: 'POST', url: '/checkout', payload, headers: { 'idempotency-key': 'k' } })
  const answers = await Promise.all(Array.from({ length: 8 }, order))
  assert.equal(new Set(answers.map(({ body }) => body)).size, 1)
  const found = await bench.backend.database.query('select count(*)::int as n from checkouts')
  assert.equal(found.rows[0]?.n, 1)
})

test(
  'on PostgreSQL, a connection that is dropped in the middle of a transaction costs that transaction and nothing else',
  need('postgres'),
  async (t) => {
    const server = await startPostgres()
    t.after(() => server.stop())
    const database = openPostgres(server.url)
    t.after(() => database.close())
    const dropped = database.transaction(async (tx) => {
      const { rows } = await tx.query('select pg_backend_pid() as pid')
      await database.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid])
      await tx.query('select 1')
    })
    await assert.rejects(dropped)
    assert.equal((await database.query('select 1 as one')).rows[0]?.one, 1)
  },
)

test(
  'health names Redis where there is one, and is not well without it; money does not wait for it',
  need('redis'),
  async (t) => {
    const server = await startRedis()
    const redis = await openRedis(server.url)
    const bench = await startBackend(t, { redis })
    t.after(() => redis.close())
    const state = async () => (await bench.app.inject('/health')).json().services.redis
    await untilTrue(async () => (await state()) === 'up')
    await server.stop()
    assert.equal(await state(), 'down')
    const story = createStory()
    assert.equal((await send(bench, story.cap())).status, 200)
    assert.equal((await endState(bench, story)).active, 5)
  },
)
