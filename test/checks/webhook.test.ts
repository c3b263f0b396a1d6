import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { z } from 'zod'
import { webhookCheck } from '../../src/checks/webhook.ts'
import { verifySignature } from '../../src/kernel/webhook-signature.ts'
import { type Bench, createBench, findingsOf, runCheck } from '../support/check-context.ts'
import { bodyOf, deadUrl, sendJson, startServer } from '../support/http-server.ts'

type Options = z.input<typeof webhookCheck.options>

/** What a shop can do wrong. */
interface Faults {
  skipsSignature?: boolean
  skipsAge?: boolean
  skipsMode?: boolean
  onlyFirstSignature?: boolean
  /** Looks whether the event is known, thinks, then writes. */
  checksThenActs?: boolean
  forgetsEvents?: boolean
  /** Remembers the id before it has looked at the signature. */
  poisonsIds?: boolean
  doesNothing?: boolean
  /** Does its work a second time a little later. */
  lateDuplicateMs?: number
  answers?: number
}

const secret = 'whsec_0123456789abcdef0123456789abcdef'

interface Shop {
  url: string
  packs: string[]
  bench: Bench
}

async function startShop(t: TestContext, faults: Faults = {}): Promise<Shop> {
  const packs: string[] = []
  const known = new Set<string>()
  const url = await startServer(t, async (request, response) => {
    const address = new URL(request.url ?? '', 'http://shop')
    if (request.method === 'GET') {
      const payment = address.searchParams.get('payment')
      return sendJson(response, { packs: packs.filter((each) => each === payment) })
    }
    const body = await bodyOf(request)
    const event = JSON.parse(body)
    if (faults.poisonsIds && known.has(event.id)) return sendJson(response, {})
    if (faults.poisonsIds) known.add(event.id)
    const given = String(request.headers['stripe-signature'] ?? '')
    const header = faults.onlyFirstSignature ? given.split(',').slice(0, 2).join(',') : given
    const verdict = verifySignature(body, header, secret, {
      now: Date.now(),
      toleranceSeconds: faults.skipsAge ? 0 : 300,
    })
    if (!verdict.ok && !faults.skipsSignature) return sendJson(response, { error: verdict.failure }, 400)
    if (event.livemode && !faults.skipsMode) return sendJson(response, { error: 'mode' }, 400)
    const isKnown = known.has(event.id) && !faults.poisonsIds
    if (faults.checksThenActs) await wait(20)
    known.add(event.id)
    const deliversPack = !faults.doesNothing && (!isKnown || faults.forgetsEvents)
    if (deliversPack) packs.push(event.data.object.id)
    if (deliversPack && faults.lateDuplicateMs)
      setTimeout(() => packs.push(event.data.object.id), faults.lateDuplicateMs)
    sendJson(response, { received: true }, faults.answers ?? 200)
  })
  const bench = await createBench(t, { environment: { name: 'dev', mode: 'test', baseUrl: url } })
  bench.values['SECRET'] = secret
  return { url, packs, bench }
}

const everything: Options['deliver'] = {
  sequential: 3,
  concurrent: 8,
  unsigned: 'reject',
  badSignature: 'reject',
  staleSignature: 'reject',
  modeMismatch: 'reject',
  rolledSecret: 'accept',
}

const optionsWith = (more: Partial<Options> = {}): Options => ({
  provider: 'stripe',
  endpoint: '/webhooks',
  secret: { env: 'SECRET' },
  event: {
    type: 'payment_intent.succeeded',
    object: { id: 'pi_1', object: 'payment_intent', latest_charge: 'ch_1' },
    fresh: ['$.data.object.latest_charge'],
    names: { payment_id: '$.data.object.id' },
  },
  deliver: everything,
  probe: { http: { path: '/packs', query: { payment: '${event.payment_id}' }, count: '$.packs' } },
  settle: '1s',
  quiet: '40ms',
  expect: { effects: 1 },
  ...more,
})

test('a shop that does everything right passes, and later checks can read the ids', async (t) => {
  const { bench, packs } = await startShop(t)
  const outcome = await runCheck(webhookCheck, optionsWith(), bench)
  assert.equal(outcome.status, 'PASS', outcome.reason)
  assert.equal(packs.length, 1)
  assert.deepEqual(Object.keys(outcome.exports ?? {}), ['event_id', 'object_id', 'payment_id'])
  assert.equal(outcome.exports?.['payment_id'], packs[0])
  assert.match(String(packs[0]), /^pi_[0-9a-f]{24}$/)
  assert.equal(outcome.details?.['deliveries'], 16)
  assert.doesNotMatch(JSON.stringify([outcome, [...bench.kept]]), /whsec_/)
})

const broken: [string, Faults, RegExp][] = [
  ['accepts unsigned and forged events', { skipsSignature: true }, /unsigned: refused with a 4xx -> 200/],
  ['accepts a replay of an hour ago', { skipsAge: true }, /staleSignature: refused with a 4xx -> 200/],
  ['accepts live events in test mode', { skipsMode: true }, /modeMismatch: refused with a 4xx -> 200/],
  [
    'knows one signature only while the secret is rolled',
    { onlyFirstSignature: true },
    /rolledSecret delivery 12: .* -> 400/,
  ],
  ['looks first and writes later', { checksThenActs: true }, /effects: 1 -> [2-8]$/m],
  ['forgets what it has seen', { forgetsEvents: true }, /effects: 1 -> 12/],
  ['lets a forged event poison the id', { poisonsIds: true }, /effects: 1 -> 0/],
  ['acknowledges and does nothing', { doesNothing: true }, /effects: 1 -> 0/],
  ['does not acknowledge', { answers: 500 }, /sequential delivery 9: 200 or 201 or 202 or 204 -> 500/],
]
for (const [what, faults, finding] of broken) {
  test(`a shop that ${what} fails`, async (t) => {
    const { bench } = await startShop(t, faults)
    const outcome = await runCheck(webhookCheck, optionsWith({ settle: '100ms' }), bench)
    assert.equal(outcome.status, 'FAIL')
    assert.match(findingsOf(outcome).join('\n'), finding)
  })
}

test('an effect that comes a second time a little later is seen', async (t) => {
  const { bench } = await startShop(t, { lateDuplicateMs: 60 })
  const outcome = await runCheck(webhookCheck, optionsWith({ deliver: { sequential: 1 }, quiet: '150ms' }), bench)
  assert.deepEqual(findingsOf(outcome), ['effects: 1 -> 2'])
})

test('an effect of a forged event is seen even where it is the only one', async (t) => {
  const { bench } = await startShop(t, { skipsSignature: true })
  const outcome = await runCheck(webhookCheck, optionsWith(), bench)
  assert.match(findingsOf(outcome).join('\n'), /effects after unsigned, .*: 0 -> 1/)
})

test('an event of a fixture is as new each time, and a file shows the effect as well', async (t) => {
  const { bench } = await startShop(t)
  const outbox = join(bench.rootDir, 'outbox')
  await mkdir(outbox)
  await writeFile(
    join(bench.rootDir, 'captured.json'),
    JSON.stringify({
      id: 'evt_old',
      type: 'payment.captured',
      payment_id: 'pay_1',
      data: { object: { id: 'pi_1', payment: 'pay_1' } },
    }),
  )
  const seen: Record<string, unknown>[] = []
  const url = await startServer(t, async (request, response) => {
    const event = JSON.parse(await bodyOf(request))
    seen.push(event)
    await writeFile(join(outbox, `${event.id}.json`), JSON.stringify(event))
    response.end()
  })
  const options = optionsWith({
    endpoint: `${url}/hook`,
    event: { fixture: 'captured.json', fresh: ['$.payment_id'], names: { payment_id: '$.payment_id' } },
    deliver: { sequential: 2 },
    probe: { file: { glob: 'outbox/*.json', contains: '${event.payment_id}' } },
  })
  const first = await runCheck(webhookCheck, options, bench)
  const second = await runCheck(webhookCheck, options, bench)
  assert.deepEqual([first.status, second.status], ['PASS', 'PASS'])
  const [one, , other] = seen as { id: string; payment_id: string; data: { object: { payment: string } } }[]
  assert.notEqual(one?.id, other?.id)
  assert.equal(one?.payment_id, one?.data.object.payment)
})

test('without a probe the answers are judged alone', async (t) => {
  const { probe, ...options } = optionsWith({ expect: { ack: [200] } })
  assert.ok(probe)
  const good = await startShop(t)
  const open = await startShop(t, { skipsSignature: true })
  const broken = await startShop(t, { answers: 500 })
  const outcomes = [good, open, broken].map(({ bench }) => runCheck(webhookCheck, options, bench))
  assert.deepEqual(
    (await Promise.all(outcomes)).map(({ status, details }) => [status, details?.['effects']]),
    [
      ['PASS', 'not counted'],
      ['FAIL', 'not counted'],
      ['FAIL', 'not counted'],
    ],
  )
})

test('effects cannot be expected without a probe, nor counted without an expectation, and something must be expected', () => {
  const { probe, ...rest } = optionsWith()
  for (const options of [
    rest,
    { ...rest, expect: {} },
    { ...rest, probe, expect: { ack: [200] } },
    { ...rest, probe, expect: {} },
  ]) {
    assert.equal(webhookCheck.options.safeParse(options).success, false, JSON.stringify(options))
  }
})

test('what cannot be judged is ERROR', async (t) => {
  const { bench, url } = await startShop(t)
  const dead = await deadUrl()
  const reasonOf = async (more: Partial<Options>, context = bench) => {
    const outcome = await runCheck(webhookCheck, optionsWith(more), context)
    return `${outcome.status} ${outcome.reason}`
  }
  assert.match(await reasonOf({ endpoint: dead }), /^ERROR .*refused/)
  assert.match(await reasonOf({ secret: { env: 'UNSET' } }), /^ERROR .*UNSET is not set/)
  assert.match(await reasonOf({ event: { fixture: 'none.json' } }), /^ERROR .*ENOENT/)
  assert.match(await reasonOf({ event: { type: 'a.b', object: {}, names: { x: '$.nowhere' } } }), /^ERROR .*nothing at/)
  assert.match(await reasonOf({ probe: { http: { url: `${dead}/x`, count: '$.n' } } }), /^ERROR .*refused/)
  assert.match(await reasonOf({ probe: { http: { url, count: '$.none' } } }), /^ERROR .*not a number/)
  assert.match(
    await reasonOf({ probe: { file: { glob: '*', contains: '${event.nothing}' } } }),
    /^ERROR .*no such value/,
  )
  const live = { ...bench, environment: { ...bench.environment, mode: 'live' as const } }
  assert.match(await reasonOf({}, live), /^ERROR .*live environment/)
})
