import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { openOutbox } from '../../src/outbox/outbox.ts'
import { message, startOutbox } from './support.ts'

const stateIn = async (path: string): Promise<string> => JSON.parse(await readFile(path, 'utf8')).state

test('a message goes from put over sending to sent under one path', async (t) => {
  const { outbox } = await startOutbox(t)
  const { path } = await outbox.put(message)
  const seen = [await stateIn(path)]

  const claim = await outbox.claim()
  seen.push(await stateIn(path))
  await outbox.settle(claim!, { state: 'sent', providerId: 'em_1', status: 200 })
  seen.push(await stateIn(path))

  assert.deepEqual(seen, ['put', 'sending', 'sent'])
  const [attempt] = (await outbox.get(path))!.attempts
  assert.deepEqual([attempt?.providerId, attempt?.status, attempt?.settledAt], ['em_1', 200, 1767225600000])
})

test('of 20 claims at once by two openers exactly one wins', async (t) => {
  const { outbox, dir, clock } = await startOutbox(t)
  const other = await openOutbox(dir, { clock })
  const { id } = await outbox.put(message)

  const claims = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? outbox : other).claim(id)))

  assert.equal(claims.filter(Boolean).length, 1)
})

test('the oldest waiting message is claimed first, and none twice', async (t) => {
  const { outbox, clock } = await startOutbox(t)
  const ids: string[] = []
  for (let index = 0; index < 3; index++) {
    ids.push((await outbox.put(message)).id)
    clock.advance(10)
  }

  const claimed = [await outbox.claim(), await outbox.claim(), await outbox.claim(), await outbox.claim()]

  assert.deepEqual(
    claimed.map((claim) => claim?.id),
    [...ids, undefined],
  )
})

test('an attempt is settled once', async (t) => {
  const { outbox } = await startOutbox(t)
  await outbox.put(message)
  const claim = (await outbox.claim())!
  await outbox.settle(claim, { state: 'failed', error: 'refused' })

  await assert.rejects(outbox.settle(claim, { state: 'sent' }), { code: 'E_SETTLED' })
  assert.equal((await outbox.get(claim.id))?.state, 'failed')
})

test('a failed message is sent again only when asked for', async (t) => {
  const { outbox } = await startOutbox(t)
  const { id } = await outbox.put(message)
  await outbox.settle((await outbox.claim(id))!, { state: 'failed' })

  assert.equal(await outbox.claim(id), undefined)
  const again = await outbox.claim(id, { retry: true })

  assert.equal(again?.attempt, 2)
  assert.equal((await outbox.settle(again!, { state: 'sent' })).attempts.length, 2)
})

test('a sender that died is replaced only where the provider honours keys, and cannot settle afterwards', async (t) => {
  const { outbox, clock } = await startOutbox(t, { leaseMs: 1000 })
  const plain = await outbox.put(message)
  const keyed = await outbox.put({ ...message, resendable: true }, { key: 'k' })
  await outbox.claim(plain.id)
  const dead = (await outbox.claim(keyed.id))!
  clock.advance(1001)

  assert.equal(await outbox.claim(plain.id), undefined)
  const next = await outbox.claim(keyed.id)

  assert.equal(next?.attempt, 2)
  await assert.rejects(outbox.settle(dead, { state: 'sent' }), { code: 'E_SETTLED' })
})

test('find compares every field that is given', async (t) => {
  const { outbox } = await startOutbox(t)
  await outbox.put({ ...message, cause: 'evt_1' }, { key: 'a' })
  await outbox.put({ ...message, to: 'bob@example.test', cause: 'evt_1' }, { key: 'b' })

  const keysOf = async (filter: Parameters<typeof outbox.find>[0]) => (await outbox.find(filter)).map(({ key }) => key)

  assert.deepEqual(await keysOf({ cause: 'evt_1' }), ['a', 'b'])
  assert.deepEqual(await keysOf({ cause: 'evt_1', to: 'bob@example.test' }), ['b'])
  assert.deepEqual(await keysOf({ key: 'a', to: 'bob@example.test' }), [])
  assert.deepEqual(await keysOf({ state: 'sent' }), [])
})
