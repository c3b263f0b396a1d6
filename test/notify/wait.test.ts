import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../../src/kernel/clock.ts'
import type { Message } from '../../src/notify/message.ts'
import { createSchedule } from '../../src/notify/schedule.ts'
import { createMessageStore } from '../../src/notify/store.ts'
import { waitFor } from '../../src/notify/wait.ts'

const blank: Omit<Message, 'id'> = {
  provider: 'resend',
  channel: 'mail',
  namespace: 'default',
  from: 'shop@example.test',
  to: ['ada@example.test'],
  cc: [],
  bcc: [],
  subject: 'Receipt',
  headers: {},
  attachments: [],
  tags: {},
  receivedAt: 0,
  status: 'accepted',
  steps: [],
  extra: {},
} // prettier-ignore

function start(query = 'to:ada', change: object = {}) {
  const clock = createManualClock(0)
  const schedule = createSchedule(clock)
  const store = createMessageStore()
  const abort = new AbortController()
  let sent = 0
  const send = (change: Partial<Message> = {}) => store.add({ ...blank, id: `m${++sent}`, ...change })
  const turn = async (ms: number) => {
    clock.advance(ms)
    await schedule.run()
  }
  const wait = () =>
    waitFor(
      { query, count: 1, withinMs: 5000, settleMs: 500, ...change },
      { store, clock, schedule, signal: abort.signal },
    )
  return { send, turn, wait, abort }
}

const isPending = async (promise: Promise<unknown>) =>
  (await Promise.race([promise, Promise.resolve('pending')])) === 'pending'

test('the count has to hold for the settle time', async () => {
  const { send, turn, wait } = start()
  const waiting = wait()
  await turn(100)
  send()
  await turn(499)
  assert.equal(await isPending(waiting), true)
  await turn(1)

  const { ok, reason, waitedMs } = await waiting
  assert.deepEqual([ok, reason, waitedMs], [true, 'expected 1, found 1', 600])
})

test('a second copy within the settle time fails at once', async () => {
  const { send, wait } = start()
  const waiting = wait()
  send()
  send()

  const { ok, reason, waitedMs } = await waiting
  assert.deepEqual([ok, reason, waitedMs], [false, 'expected 1, found 2', 0])
})

test('a message that comes just before the deadline is still given its settle time', async () => {
  const { send, turn, wait } = start()
  const waiting = wait()
  await turn(4900)
  send()
  await turn(200)
  assert.equal(await isPending(waiting), true)
  send()

  assert.equal((await waiting).reason, 'expected 1, found 2')
})

test('at the deadline it tells what came close, nearest first, and what differs', async () => {
  const { send, turn, wait } = start('to:ada subject:receipt -provider:twilio')
  send({ to: ['bob@example.test'] })
  send({ to: ['bob@example.test'], subject: 'Welcome' })
  send({ to: ['bob@example.test'], subject: 'Welcome', provider: 'twilio' })
  const waiting = wait()
  await turn(4999)
  assert.equal(await isPending(waiting), true)
  await turn(1)

  const { ok, reason } = await waiting
  assert.equal(ok, false)
  assert.equal(
    reason,
    'expected 1, found 0; 2 close: m1 (to:ada but is bob@example.test), m2 (to:ada but is bob@example.test; subject:receipt but is Welcome)',
  )
})

test('count 0 proves that nothing comes', async () => {
  const quiet = start('to:ada', { count: 0, settleMs: 2000 })
  const waiting = quiet.wait()
  await quiet.turn(2000)
  assert.equal((await waiting).ok, true)

  const loud = start('to:ada', { count: 0 })
  const disturbed = loud.wait()
  loud.send()
  assert.equal((await disturbed).reason, 'expected 0, found 1')
})

test('a message of another namespace does not count', async () => {
  const { send, turn, wait } = start('to:ada', { namespace: 'mine' })
  const waiting = wait()
  send()
  await turn(5000)

  assert.equal((await waiting).reason, 'expected 1, found 0')
})

test('an aborted wait ends at once', async () => {
  const { wait, abort } = start()
  const waiting = wait()

  abort.abort()

  assert.equal((await waiting).ok, false)
})
