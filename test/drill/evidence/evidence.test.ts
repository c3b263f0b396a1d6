import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { sealEvidence } from '../../../src/drill/evidence/evidence.ts'
import { previousBaseline, readDrillHistory } from '../../../src/drill/evidence/history.ts'
import { verifyEvidence } from '../../../src/drill/evidence/verify.ts'
import { writeEvidence } from '../../../src/drill/evidence/write.ts'
import { stableJson } from '../../../src/kernel/json.ts'
import { createSecrets } from '../../../src/kernel/secrets.ts'
import { inventoryOf, passed } from './record.ts'

const day = 86_400_000
const soon = Date.parse('2026-01-06T00:00:00Z')

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-evidence-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

const later = (drillId: string, finishedAt: string) => passed({ drillId, startedAt: finishedAt, finishedAt })

async function edit(path: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(path, 'utf8')
  assert.notEqual(change(text), text)
  await writeFile(path, change(text))
}

test('fresh evidence of the newest backup holds, until it says it does not', async (t) => {
  const dir = await folder(t)
  await writeEvidence({ dir, record: passed(), validForMs: 8 * day })

  const verdict = await verifyEvidence({ dir, now: soon, newestSha256: 'a'.repeat(64) })
  assert.equal(verdict.ok && verdict.validUntil, '2026-01-13T05:01:00.000Z')
  const after = await verifyEvidence({ dir, now: soon + 8 * day })
  assert.equal(!after.ok && after.code, 'EXPIRED')
  const stricter = await verifyEvidence({ dir, now: soon + 2 * day, maxAgeMs: day })
  assert.equal(!stricter.ok && stricter.code, 'EXPIRED')
})

test('no evidence, a newer backup, a drill that failed, and a clock that is behind are all red', async (t) => {
  const dir = await folder(t)
  const codeAt = async (now: number, newestSha256?: string) => {
    const verdict = await verifyEvidence({ dir, now, ...(newestSha256 && { newestSha256 }) })
    return verdict.ok ? 'ok' : verdict.code
  }
  assert.equal(await codeAt(soon), 'EXPIRED')
  assert.equal(await codeAt(soon, 'c'.repeat(64)), 'EXPIRED')
  await writeEvidence({ dir, record: passed(), validForMs: 8 * day })
  assert.equal(await codeAt(soon, 'c'.repeat(64)), 'NOT_NEWEST')
  assert.equal(await codeAt(soon - 30 * day), 'CLOCK')
  const failed = passed({
    drillId: 'b',
    status: 'FAIL',
    exitCode: 1,
    code: 'TRUNCATED',
    finishedAt: '2026-01-05T06:00:00.000Z',
  })
  await writeEvidence({ dir, record: failed, validForMs: 8 * day })
  assert.equal(await codeAt(soon), 'TRUNCATED')
})

test('every edit of evidence is seen: one letter, a longer life, a removed or swapped link', async (t) => {
  const changes: Record<string, (dir: string, files: string[]) => Promise<void>> = {
    'a letter': (dir, files) => edit(join(dir, files.at(-1)!), (text) => text.replace('everything', 'Everything')),
    'a longer life': (dir, files) => edit(join(dir, files.at(-1)!), (text) => text.replace('2026-01-20', '2036-01-20')),
    'an earlier one': (dir, files) => edit(join(dir, files[0]!), (text) => text.replace('shop_2026', 'shop_2025')),
    'an earlier one, reformatted': (dir, files) =>
      edit(join(dir, files[0]!), (text) => JSON.stringify(JSON.parse(text))),
    'no JSON': (dir, files) => writeFile(join(dir, files.at(-1)!), '{'),
    'an unknown key': (dir, files) => edit(join(dir, files.at(-1)!), (text) => text.replace('{', '{"more": 1,')),
    'a removed link': (dir, files) => rm(join(dir, files[1]!)),
    'a renamed file': (dir, files) => rename(join(dir, files.at(-1)!), join(dir, 'drill-000009.json')),
    'an old one as the newest': async (dir, files) => {
      const text = await readFile(join(dir, files[0]!), 'utf8')
      await writeFile(join(dir, 'drill-000004.json'), text)
    },
  }
  for (const [name, change] of Object.entries(changes)) {
    const dir = await folder(t)
    for (const at of ['2026-01-05T05:00:00.000Z', '2026-01-06T05:00:00.000Z', '2026-01-12T05:00:00.000Z'])
      await writeEvidence({ dir, record: later(at.slice(0, 10), at), validForMs: 8 * day })
    const files = (await readdir(dir)).filter((file) => file.startsWith('drill-')).sort()
    const question = { dir, now: Date.parse('2026-01-13T00:00:00Z') }
    assert.equal((await verifyEvidence(question)).ok, true)
    await change(dir, files)
    const verdict = await verifyEvidence(question)
    assert.equal(!verdict.ok && verdict.code, 'EVIDENCE_INVALID', name)
  }
})

test('with a key, evidence that was sealed again without it is worth nothing', async (t) => {
  const dir = await folder(t)
  const key = 'a key that only the drill and the gate have'
  const { evidence, path } = await writeEvidence({ dir, record: passed(), validForMs: day, key })
  assert.equal((await verifyEvidence({ dir, now: soon, key })).ok, true)
  const { seal, ...body } = evidence
  for (const forged of [
    sealEvidence({ ...body, validUntil: '2036-01-01T00:00:00.000Z' }),
    sealEvidence(body, 'another key'),
  ]) {
    await writeFile(path, stableJson(forged))
    const verdict = await verifyEvidence({ dir, now: soon, key })
    assert.equal(!verdict.ok && verdict.code, 'EVIDENCE_INVALID')
  }
  await writeFile(path, stableJson({ ...body, seal }))
  assert.equal((await verifyEvidence({ dir, now: soon })).ok, false)
})

test('old evidence may be cleared away from the end', async (t) => {
  const dir = await folder(t)
  const first = await writeEvidence({ dir, record: passed(), validForMs: day })
  await writeEvidence({ dir, record: passed({ drillId: 'b' }), validForMs: day })
  await rm(first.path)
  assert.equal((await verifyEvidence({ dir, now: soon })).ok, true)
})

test('drills that end at the same moment chain one after the other', async (t) => {
  const dir = await folder(t)
  const ids = ['a', 'b', 'c', 'd']
  await Promise.all(ids.map((drillId) => writeEvidence({ dir, record: passed({ drillId }), validForMs: day })))
  const history = await readDrillHistory(dir)
  assert.equal(history.length, 4)
  assert.equal((await verifyEvidence({ dir, now: soon })).ok, true)
})

test('evidence that would show a secret is not written', async (t) => {
  const dir = await folder(t)
  const secrets = createSecrets()
  secrets.add('SOURCE_PASSWORD', 'correct-horse-battery')
  const record = passed({ reason: 'could not connect to postgres://app:correct-horse-battery@db' })
  await assert.rejects(writeEvidence({ dir, record, validForMs: day, secrets }), { exitCode: 6 })
  assert.deepEqual(await readdir(dir), [])
})

test('the history shows what a trend needs, newest first', async (t) => {
  const dir = await folder(t)
  await writeEvidence({ dir, record: passed(), validForMs: day })
  await writeEvidence({
    dir,
    record: passed({ drillId: 'b', status: 'FAIL', exitCode: 1, code: 'TRUNCATED', object: 'cards' }),
    validForMs: day,
  })
  const [newest, oldest] = await readDrillHistory(dir)
  assert.deepEqual([newest?.status, newest?.code, newest?.object], ['FAIL', 'TRUNCATED', 'cards'])
  assert.deepEqual(
    [oldest?.backup, oldest?.rows, oldest?.rtoMs, oldest?.intact],
    ['shop_20260105.dump', 500, 41_500, true],
  )
})

test('the next drill compares with the last that passed, of the same database only, and texts of the schema stay out', async (t) => {
  const dir = await folder(t)
  const tables = passed().evidence.tables
  const proven = { inventory: inventoryOf('cards', 'users'), tables }
  await writeEvidence({ dir, record: passed(), validForMs: day, proven })
  await writeEvidence({
    dir,
    record: passed({ drillId: 'b', status: 'FAIL', exitCode: 1 }),
    validForMs: day,
    proven: { inventory: inventoryOf('users'), tables: [] },
  })

  const baseline = await previousBaseline(dir, inventoryOf('cards'))
  assert.deepEqual(
    baseline?.tables.map(({ name, rows }) => [name, rows]),
    [['cards', 500]],
  )
  assert.deepEqual([baseline?.binding, baseline?.label], [false, 'the drill of 2026-01-05'])
  assert.equal(await previousBaseline(dir, inventoryOf('wholly', 'other')), undefined)
  for (const file of await readdir(dir)) assert.doesNotMatch(await readFile(join(dir, file), 'utf8'), /hunter2/)
})
