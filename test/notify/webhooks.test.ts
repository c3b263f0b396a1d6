import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../../src/kernel/clock.ts'
import { dialects } from '../../src/notify/dialects/list.ts'
import type { Message } from '../../src/notify/message.ts'
import { createSchedule } from '../../src/notify/schedule.ts'
import { createWebhooks } from '../../src/notify/webhooks.ts'

const message: Message = {
  id: 'm1',
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
  status: 'sent',
  steps: [],
  extra: {},
} // prettier-ignore
const endpoint = { provider: 'resend', url: 'http://127.0.0.1:1/hook', secret: 'whsec_AAAA' }

function start(answer: (call: number) => number) {
  const clock = createManualClock(0)
  const schedule = createSchedule(clock)
  const bodies: string[] = []
  const send = async (_url: string, { body }: { body: string }) => answer(bodies.push(body))
  const webhooks = createWebhooks({ dialects, schedule, id: (bytes) => 'ab'.repeat(bytes), send })
  const turn = async (ms: number) => {
    clock.advance(ms)
    await schedule.run()
  }
  return { webhooks, bodies, turn }
}

test('a clock turned by hours meets every retry in between, and then it is over', async () => {
  const { webhooks, bodies, turn } = start(() => 503)
  webhooks.add(endpoint)
  await webhooks.tell(message, { status: 'sent', at: 0 })
  await turn(24 * 3_600_000 * 2)

  const minutes = webhooks.deliveries().map(({ at }) => Math.round(at / 60_000))
  assert.deepEqual(minutes, [0, 0, 5, 35, 155, 455, 1055, 1655])
  assert.equal(new Set(bodies).size, 1)
})

test('an event that was taken is not sent again', async () => {
  const { webhooks, turn } = start((call) => (call === 1 ? 500 : 204))
  webhooks.add(endpoint)
  await webhooks.tell(message, { status: 'sent', at: 0 })
  await turn(24 * 3_600_000)

  assert.deepEqual(
    webhooks.deliveries().map(({ answer }) => answer),
    [500, 204],
  )
})

test('copies of an event are the same event', async () => {
  const { webhooks, bodies } = start(() => 200)
  webhooks.add({ ...endpoint, copies: 3 })

  await webhooks.tell(message, { status: 'sent', at: 0 })

  assert.deepEqual([bodies.length, new Set(bodies).size], [3, 1])
})

test("another provider's endpoint and an untold step get nothing", async () => {
  const { webhooks, bodies } = start(() => 200)
  webhooks.add({ ...endpoint, provider: 'postmark' })
  await webhooks.tell(message, { status: 'sent', at: 0 })
  webhooks.add(endpoint)
  await webhooks.tell(message, { status: 'queued', at: 0 })

  assert.deepEqual(bodies, [])
})
