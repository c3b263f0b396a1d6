import assert from 'node:assert/strict'
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { realDisk } from '../../src/outbox/disk.ts'
import { sha256 } from '../../src/outbox/entry.ts'
import { existingOutbox, openOutbox } from '../../src/outbox/outbox.ts'
import { message, startOutbox } from './support.ts'

/** A disk on which every file has been lying for an hour. */
const oldDisk = { ...realDisk, age: async (path: string) => ((await realDisk.exists(path)) ? 3_600_000 : undefined) }

const startOld = (t: Parameters<typeof startOutbox>[0]) => startOutbox(t, { disk: oldDisk, leaseMs: 1000 })
const kindsOf = ({ problems }: { problems: { kind: string; healed: boolean }[] }): string[] =>
  problems.map(({ kind, healed }) => (healed ? `${kind} healed` : kind))

test('a sound outbox has no problems', async (t) => {
  const { outbox } = await startOld(t)
  await outbox.put(message, { key: 'a' })
  await outbox.put(message)
  await outbox.settle((await outbox.claim())!, { state: 'sent', providerId: 'msg_1', status: 200 })

  assert.deepEqual(await outbox.verify(), { entries: 2, first: 0, problems: [] })
})

test('a torn file is named', async (t) => {
  const { outbox } = await startOld(t)
  const { path } = await outbox.put(message)
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, 200))

  const { problems } = await outbox.verify()

  assert.deepEqual(problems, [{ kind: 'torn', path, detail: 'not a whole entry', healed: false }])
})

test('an entry lost between the two links is found and put back', async (t) => {
  const { outbox } = await startOld(t)
  const { path } = await outbox.put(message, { key: 'a' })
  await rm(path)

  assert.deepEqual(kindsOf(await outbox.verify()), ['key-without-entry'])
  assert.deepEqual(kindsOf(await outbox.verify({ heal: true })), ['key-without-entry healed'])
  assert.equal(JSON.parse(await readFile(path, 'utf8')).key, 'a')
  assert.deepEqual(kindsOf(await outbox.verify()), [])
})

test('an entry that was sent and deleted by hand comes back as sent, not as waiting', async (t) => {
  const { outbox } = await startOld(t)
  const { id, path } = await outbox.put(message, { key: 'a' })
  await outbox.settle((await outbox.claim())!, { state: 'sent' })
  await rm(path)

  assert.deepEqual(kindsOf(await outbox.verify()), ['key-without-entry'])
  const again = await outbox.put(message, { key: 'a' })

  assert.deepEqual([again.replayed, again.entry.state], [true, 'sent'])
  assert.equal(await outbox.claim(id), undefined)
})

test('two entries under one key are reported', async (t) => {
  const { outbox, dir } = await startOld(t)
  const { path, entry } = await outbox.put(message, { key: 'a' })
  const id = entry.id.replace('0000', '0001')
  await writeFile(join(dir, `${id}.json`), JSON.stringify({ ...entry, id }))

  const { problems } = await outbox.verify()

  assert.deepEqual(
    problems.map(({ kind, path }) => [kind, path]),
    [['duplicate-key', join(dir, `${id}.json`)]],
  )
  assert.equal(path < join(dir, `${id}.json`), true)
})

test('an edited and a copied entry are reported as altered', async (t) => {
  const { outbox, dir } = await startOld(t)
  const { path, entry } = await outbox.put(message)
  await copyFile(path, join(dir, '1767225600000-0009-ffffff_copy.json'))
  await writeFile(path, JSON.stringify({ ...entry, to: 'someone@else.test' }))

  const { problems } = await outbox.verify()

  assert.deepEqual(
    problems.map(({ kind, detail }) => [kind, detail]),
    [
      ['altered', 'the content does not fit its fingerprint'],
      ['altered', `it says it is ${entry.id}`],
    ],
  )
})

test('a sender that died without keys is reported, then settled as unknown, and stays reported', async (t) => {
  const { outbox, clock } = await startOld(t)
  const { id } = await outbox.put(message)
  await outbox.claim()
  assert.deepEqual(kindsOf(await outbox.verify()), [])
  clock.advance(1001)

  assert.deepEqual(kindsOf(await outbox.verify()), ['stuck'])
  assert.deepEqual(kindsOf(await outbox.verify({ heal: true })), ['stuck healed'])
  assert.equal((await outbox.get(id))?.state, 'unknown')
  assert.deepEqual(kindsOf(await outbox.verify()), ['unknown'])
})

test('a view that lags behind the log is read right, reported and mended', async (t) => {
  const { outbox } = await startOld(t)
  const { path } = await outbox.put(message)
  const asPut = await readFile(path, 'utf8')
  await outbox.settle((await outbox.claim())!, { state: 'sent' })
  await writeFile(path, asPut)

  assert.equal((await outbox.list())[0]?.state, 'sent')
  assert.deepEqual(kindsOf(await outbox.verify({ heal: true })), ['stale-view healed'])
  assert.equal(JSON.parse(await readFile(path, 'utf8')).state, 'sent')
})

test("a missing key record, an orphaned log and a dead writer's temp file are mended", async (t) => {
  const { outbox, dir } = await startOld(t)
  await outbox.put(message, { key: 'a' })
  await rename(join(dir, 'state/key', sha256('a')), join(dir, 'state/tmp/left'))
  await writeFile(join(dir, 'state/log/1767225600000-0000-abcdef_x.1.sending'), '{}')

  const expected = ['entry-without-key', 'log-without-entry', 'leftover']
  assert.deepEqual(kindsOf(await outbox.verify()), expected)
  assert.deepEqual(
    kindsOf(await outbox.verify({ heal: true })),
    expected.map((kind) => `${kind} healed`),
  )
  assert.deepEqual(kindsOf(await outbox.verify()), [])
  assert.equal((await outbox.put(message, { key: 'a' })).replayed, true)
})

test('a clock that ran backwards is reported', async (t) => {
  const { outbox, clock } = await startOld(t)
  await outbox.put(message)
  clock.advance(-5000)
  await outbox.claim()

  assert.deepEqual(kindsOf(await outbox.verify()), ['clock-backwards'])
})

test('what a live writer is busy with is not reported', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  const { path } = await outbox.put(message, { key: 'a' })
  await rm(path)
  await writeFile(join(dir, 'state/tmp/x'), '')

  assert.deepEqual(kindsOf(await outbox.verify()), [])
})

test('files of the first users are counted and left alone', async (t) => {
  const { outbox, dir } = await startOld(t)
  const first = {
    to: 'a@b.test',
    template: 'generic',
    subject: 's',
    data: {},
    sandbox: true,
    mocked: false,
    ts: 1697123456,
  }
  await writeFile(join(dir, '1697123456_generic.json'), JSON.stringify(first))

  assert.deepEqual(await outbox.verify({ heal: true }), { entries: 0, first: 1, problems: [] })
})

test('looking at a folder changes nothing in it', async (t) => {
  const { dir } = await startOutbox(t)
  await rm(join(dir, 'state'), { recursive: true })

  await existingOutbox(dir).verify({ heal: true })

  assert.equal(await realDisk.exists(join(dir, 'state')), false)
})

test('prune removes old finished messages, frees their keys and keeps what is unclear', async (t) => {
  const { outbox, dir, clock } = await startOld(t)
  await outbox.put({ ...message, mode: 'sandbox' }, { key: 'sent' })
  await outbox.settle((await outbox.claim())!, { state: 'sent' })
  await outbox.put({ ...message, mode: 'sandbox' }, { key: 'unknown' })
  await outbox.settle((await outbox.claim())!, { state: 'unknown' })
  await outbox.put({ ...message, mode: 'sandbox' }, { key: 'waiting' })
  await outbox.put(message, { key: 'mock' })
  clock.advance(10_000)
  await outbox.put(message, { key: 'young' })

  assert.equal((await outbox.prune({ olderThanMs: 5000 })).length, 2)

  const reopened = await openOutbox(dir, { clock, disk: oldDisk })
  assert.deepEqual(
    (await reopened.list()).map(({ key }) => key),
    ['unknown', 'waiting', 'young'],
  )
  assert.deepEqual(kindsOf(await reopened.verify({ heal: true })), ['unknown'])
  assert.equal((await reopened.put(message, { key: 'mock' })).replayed, false)
})
