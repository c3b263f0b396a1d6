import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileCheck } from '../../src/checks/file.ts'
import { createManualClock } from '../../src/kernel/clock.ts'
import { type Bench, createBench, findingsOf, runCheck } from '../support/check-context.ts'

const runStart = Date.parse('2026-01-01T12:00:00.000Z')

/** A project whose run began at `runStart` and is 10 seconds old. */
const createProject = (t: TestContext): Promise<Bench> =>
  createBench(t, { runStart, clock: createManualClock(runStart + 10_000) })

async function put(bench: Bench, path: string, content: unknown, modified = runStart + 1000): Promise<void> {
  const file = join(bench.rootDir, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  await utimes(file, modified / 1000, modified / 1000)
}

test('a file that is as expected in every respect passes', async (t) => {
  const bench = await createProject(t)
  const text = JSON.stringify({ ok: true, at: '2026-01-01T12:00:03Z' })
  await put(bench, 'out/a.json', text)
  const sha256 = createHash('sha256').update(text).digest('hex')

  const expect = {
    exists: true,
    sha256,
    size: { gte: 1 },
    json: { '$.ok': true },
    match: '"ok"',
    newerThan: 'run.start',
    at: '$.at',
  } as const
  const outcome = await runCheck(fileCheck, { path: 'out/a.json', expect }, bench)

  assert.equal(outcome.status, 'PASS')
  assert.equal(outcome.details?.['path'], 'out/a.json')
})

test('each thing that is wrong is a finding', async (t) => {
  const bench = await createProject(t)
  await put(bench, 'a.json', { ok: false })
  const expect = { sha256: '0'.repeat(64), size: 3, json: { '$.ok': true }, notContains: 'false' }
  const outcome = await runCheck(fileCheck, { path: 'a.json', expect }, bench)
  assert.equal(outcome.status, 'FAIL')
  assert.deepEqual(
    outcome.findings?.map(({ subject }) => subject),
    ['size', 'sha256', 'text', '$.ok'],
  )
})

test('a missing file fails, a pattern without a file has no data, absence is judged when asked for', async (t) => {
  const bench = await createProject(t)
  await put(bench, 'here.txt', 'x')
  const check = (options: Parameters<typeof fileCheck.options.parse>[0]) =>
    fileCheck.run(fileCheck.options.parse(options), bench)
  assert.equal((await check({ path: 'none.txt', expect: { exists: true } })).status, 'FAIL')
  assert.equal((await check({ glob: 'none/*.txt', expect: { exists: true } })).status, 'NO_DATA')
  assert.equal((await check({ path: 'none.txt', expect: { absent: true } })).status, 'PASS')
  assert.equal((await check({ path: 'here.txt', expect: { absent: true } })).status, 'FAIL')
  assert.equal((await check({ path: 'here.txt/below', expect: { exists: true } })).status, 'FAIL')
  assert.equal((await check({ path: '.', expect: { exists: true } })).status, 'FAIL')
})

test('an outbox file of two years ago is stale, however fresh its mtime', async (t) => {
  const bench = await createProject(t)
  await put(bench, 'qa/outbox/1697123456_generic.json', { sandbox: true, ts: 1697123456 })
  const json = { '$.sandbox': true }
  const path = 'qa/outbox/1697123456_generic.json'

  const byContent = await runCheck(fileCheck, { path, expect: { json, newerThan: 'run.start', at: '$.ts' } }, bench)
  await put(bench, path, { sandbox: true, ts: 1697123456 }, Date.parse('2023-10-12T15:10:56Z'))
  const byMtime = await runCheck(fileCheck, { path, expect: { json, newerThan: 'run.start' } }, bench)

  assert.deepEqual([byContent.status, byMtime.status], ['STALE', 'STALE'])
  assert.match(findingsOf(byContent)[0] ?? '', /2023-10-12T15:10:56/)
})

test('a time inside the file counts in the precision it was written with', async (t) => {
  const bench = await createProject(t)
  bench.runStart = runStart + 700
  const statusAt = async (ts: unknown) => {
    await put(bench, 'a.json', { ts })
    return (await runCheck(fileCheck, { path: 'a.json', expect: { newerThan: 'run.start', at: '$.ts' } }, bench)).status
  }
  assert.equal(await statusAt(runStart / 1000), 'PASS')
  assert.equal(await statusAt(runStart / 1000 - 1), 'STALE')
  assert.equal(await statusAt(runStart + 699), 'PASS')
  assert.equal(await statusAt(runStart + 600), 'STALE')
  assert.equal(await statusAt('2026-01-01T13:00:01.000+01:00'), 'PASS')
  assert.equal(await statusAt('2026-01-01T12:00:01'), 'FAIL', 'no zone')
  assert.equal(await statusAt(undefined), 'FAIL')
  assert.equal(await statusAt(runStart + 3_600_000), 'FAIL', 'in the future')
})

test('in a folder of old files only those of this run count', async (t) => {
  const bench = await createProject(t)
  const options = { glob: 'outbox/*.json', expect: { newerThan: 'run.start', json: { '$.ok': true } } } as const
  await put(bench, 'outbox/old.json', { ok: false }, runStart - 5000)
  const onlyOld = await runCheck(fileCheck, options, bench)
  await put(bench, 'outbox/new.json', { ok: true })
  const oneNew = await runCheck(fileCheck, options, bench)
  const twoWanted = await runCheck(fileCheck, { ...options, minMatches: 2 }, bench)
  await put(bench, 'outbox/bad.json', { ok: false })
  const oneBad = await runCheck(fileCheck, options, bench)
  assert.deepEqual(
    [onlyOld, oneNew, twoWanted, oneBad].map(({ status }) => status),
    ['STALE', 'PASS', 'FAIL', 'FAIL'],
  )
  assert.equal(oneBad.findings?.[0]?.subject, 'outbox/bad.json $.ok')
})

test('nothing outside the project is read unless its folder is declared', async (t) => {
  const bench = await createProject(t)
  const outside = await mkdtemp(join(tmpdir(), 'gatekit-outside-'))
  t.after(() => rm(outside, { recursive: true, force: true }))
  await writeFile(join(outside, 'a.txt'), 'x')
  await symlink(join(outside, 'a.txt'), join(bench.rootDir, 'link.txt'))
  const statusOf = async (path: string, within: string[] = []) =>
    (await runCheck(fileCheck, { path, within, expect: { exists: true } }, bench)).status

  for (const path of [join(outside, 'a.txt'), '../../etc/hostname', 'link.txt', 'a\0b']) {
    assert.equal(await statusOf(path), 'ERROR', path)
  }
  assert.equal(await statusOf(join(outside, 'a.txt'), [outside]), 'PASS')
  assert.equal(await statusOf('link.txt', [outside]), 'PASS')
  assert.equal(await statusOf(join(outside, '../a.txt'), [outside]), 'ERROR')
})

test('options that could not fail or contradict themselves are refused', () => {
  const wrong = [
    { path: 'a', expect: {} },
    { path: 'a', glob: 'b', expect: { exists: true } },
    { expect: { exists: true } },
    { path: 'a', expect: { exists: false } },
    { path: 'a', expect: { absent: true, json: { '$.a': 1 } } },
    { path: 'a', expect: { at: '$.ts', exists: true } },
    { glob: 'a*', minMatches: 0, expect: { exists: true } },
  ]
  for (const options of wrong)
    assert.equal(fileCheck.options.safeParse(options).success, false, JSON.stringify(options))
})
