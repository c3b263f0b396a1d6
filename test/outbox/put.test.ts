import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { test } from 'node:test'
import { OutboxError } from '../../src/outbox/errors.ts'
import { message, startOutbox } from './support.ts'

const jsonFiles = async (dir: string): Promise<string[]> =>
  (await readdir(dir)).filter((name) => name.endsWith('.json'))

test('an entry holds the seven fields of the first users and lies directly in the folder', async (t) => {
  const { outbox, dir } = await startOutbox(t)

  const { path } = await outbox.put({ ...message, mode: 'sandbox' }, { key: 'stage6/1' })

  assert.match(basename(path), /^1767225600000-0000-[0-9a-f]{6}_generic\.json$/)
  assert.equal(path, `${dir}/${basename(path)}`)
  const { to, template, subject, data, sandbox, mocked, ts } = JSON.parse(await readFile(path, 'utf8'))
  assert.deepEqual(
    { to, template, subject, data, sandbox, mocked, ts },
    { ...message, sandbox: true, mocked: false, ts: 1767225600 },
  )
})

test('the same key and message give the first entry back', async (t) => {
  const { outbox, dir, clock } = await startOutbox(t)
  const first = await outbox.put(message, { key: 'receipt/pi_1' })
  clock.advance(5000)

  const again = await outbox.put({ ...message, mode: 'sandbox' }, { key: 'receipt/pi_1' })

  assert.deepEqual([first.replayed, again.replayed, again.path], [false, true, first.path])
  assert.equal((await jsonFiles(dir)).length, 1)
})

test('the same key with another message is refused as E_KEY_REUSED', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  await outbox.put(message, { key: 'k' })

  for (const change of [{ to: 'other@example.com' }, { subject: 'x' }, { data: { k: 'w' } }, { cause: 'evt_1' }])
    await assert.rejects(outbox.put({ ...message, ...change }, { key: 'k' }), { code: 'E_KEY_REUSED' })
  assert.equal((await jsonFiles(dir)).length, 1)
})

test('messages without a key are all kept', async (t) => {
  const { outbox } = await startOutbox(t)

  const results = await Promise.all([outbox.put(message), outbox.put(message)])

  assert.equal(new Set(results.map(({ path }) => path)).size, 2)
})

test('500 messages within one second are 500 files', async (t) => {
  const { outbox, dir, clock } = await startOutbox(t)

  const puts = Array.from({ length: 500 }, (_, index) => {
    clock.advance(index % 2 ? 2 : 0)
    return outbox.put(message)
  })
  await Promise.all(puts)

  assert.equal((await jsonFiles(dir)).length, 500)
})

test('names stay unique when clock and random source repeat themselves', async (t) => {
  const { outbox, dir, clock } = await startOutbox(t, { random: () => 'aaaaaa' })
  await outbox.put(message)
  clock.advance(1)
  await outbox.put(message)
  clock.advance(-1)

  await outbox.put(message)

  assert.equal((await jsonFiles(dir)).length, 3)
})

test('50 calls at once with one key write one entry', async (t) => {
  const { outbox, dir } = await startOutbox(t)

  const results = await Promise.all(Array.from({ length: 50 }, () => outbox.put(message, { key: 'one' })))

  assert.equal(results.filter(({ replayed }) => !replayed).length, 1)
  assert.deepEqual(new Set(results.map(({ path }) => path)).size, 1)
  assert.equal((await jsonFiles(dir)).length, 1)
})

test('a template is never a path', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  const bad = [
    '../../x',
    '../x',
    '..%2fx',
    'a/b',
    'a\\b',
    '..\\x',
    '/tmp/x',
    '\0',
    'a\0b',
    '.',
    '..',
    'a..b',
    '',
    ' ',
    'x'.repeat(65),
    'é',
    'CON:',
    'a\n',
  ]

  for (const template of bad)
    await assert.rejects(outbox.put({ ...message, template }), { code: 'E_MESSAGE' }, JSON.stringify(template))
  assert.deepEqual(await readdir(dir), ['state'])
})

test('nothing in a recipient or subject becomes a header or another recipient', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  const recipients = [
    '',
    'a',
    'a@',
    '@b',
    'a@b,c@d.test',
    'a@b;c@d.test',
    'a@b c@d',
    'A <a@b.test>',
    '"a b"@c.test',
    'a@b.test\r\nBcc: x@evil.test',
    'a@b.test\n',
    'a\0@b.test',
    'a@b@c.test',
    `${'a'.repeat(65)}@b.test`,
    `a@${'b'.repeat(400)}.test`,
    'a\u200bb@c.test',
    'a\uff20b.test',
    'a\u202eb@c.test',
    'a@b..test',
    '.a@b.test',
    'ﬁ@b.test',
    'a\ud800@b.test',
    'a@../b',
    'a@b\u2028.test',
  ] // prettier-ignore
  const subjects = [
    'Hi\r\nBcc: x@evil.test',
    'Hi\nX',
    'Hi\rX',
    'a\0',
    'a\u2028b',
    'a\u0085b',
    'x\u202ey',
    'é'.repeat(500),
    'a\udc00',
  ]

  for (const to of recipients)
    await assert.rejects(outbox.put({ ...message, to }), { code: 'E_MESSAGE' }, JSON.stringify(to))
  for (const subject of subjects)
    await assert.rejects(outbox.put({ ...message, subject }), { code: 'E_MESSAGE' }, JSON.stringify(subject))
  for (const key of ['', 'a\nb', 'x'.repeat(257)])
    await assert.rejects(outbox.put(message, { key }), { code: 'E_MESSAGE' })
  assert.deepEqual(await readdir(dir), ['state'])
})

test('ordinary recipients and subjects are taken', async (t) => {
  const { outbox } = await startOutbox(t)

  for (const to of ['a@b', 'ada.l+tag@mail.example.co.uk', "o'neil@example.test", 'ünal@bücher.test'])
    assert.equal((await outbox.put({ ...message, to })).entry.to, to)
  assert.equal(
    (await outbox.put({ ...message, channel: 'sms', to: '+15005550006', subject: '' })).entry.to,
    '+15005550006',
  )
  assert.equal((await outbox.put({ ...message, subject: 'Grüße 🎉 €19.00' })).entry.subject, 'Grüße 🎉 €19.00')
})

test('data that JSON cannot hold or that is too large is refused', async (t) => {
  const { outbox } = await startOutbox(t)
  const loop: Record<string, unknown> = {}
  loop.self = loop
  let deep: unknown = 1
  for (let level = 0; level < 200_000; level++) deep = [deep]

  for (const data of [
    loop,
    { n: 1n },
    { deep },
    { big: 'x'.repeat(1_100_000) },
    [] as unknown as Record<string, unknown>,
  ])
    await assert.rejects(outbox.put({ ...message, data }), { code: 'E_MESSAGE' })
})

test('a message of 200 KB arrives whole', async (t) => {
  const { outbox } = await startOutbox(t)

  const { path } = await outbox.put({ ...message, data: { body: 'x'.repeat(200_000) } })

  assert.equal(JSON.parse(await readFile(path, 'utf8')).data.body.length, 200_000)
})

test('mail is refused while the folder is away and kept once it is back', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  await outbox.put(message)
  await rename(dir, `${dir}.off`)

  await assert.rejects(
    outbox.put(message),
    (error: unknown) =>
      error instanceof OutboxError && error.code === 'E_STORAGE' && /the folder is gone/.test(error.message),
  )
  await rename(`${dir}.off`, dir)
  await outbox.put(message)

  assert.equal((await jsonFiles(dir)).length, 2)
})

test('an outbox that was emptied by hand goes on working', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  await outbox.put(message, { key: 'k' })
  await rm(dir, { recursive: true })
  await mkdir(dir)

  assert.equal((await outbox.put(message, { key: 'k' })).replayed, false)
})
