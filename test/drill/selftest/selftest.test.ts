import assert from 'node:assert/strict'
import { chmod, cp, mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { drillSchema } from '../../../src/drill/config.ts'
import { optionsOf } from '../../../src/drill/configured.ts'
import { runDrill } from '../../../src/drill/flow.ts'
import { stateFolder } from '../../../src/drill/lease/state-folder.ts'
import type { DrillOptions } from '../../../src/drill/options.ts'
import { readBackup } from '../../../src/drill/reading/read-backup.ts'
import { isRenderable, makeBadCopy, originalOf, writeRendering } from '../../../src/drill/selftest/bad-copies.ts'
import { fileMutations, textMutations } from '../../../src/drill/selftest/bytes-mutations.ts'
import { contentMutations } from '../../../src/drill/selftest/content-mutations.ts'
import type { SelftestRecord, Verdict } from '../../../src/drill/selftest/define.ts'
import { type Drill, runSelftest } from '../../../src/drill/selftest/run-selftest.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { packageFile } from '../../../src/kernel/package.ts'
import { createSecrets } from '../../../src/kernel/secrets.ts'
import { need } from '../../support/need.ts'

let dir: string
let backup: string
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatekit-selftest-test-'))
  await chmod(dir, 0o711)
  // What drills leave lies below it, and nothing of others.
  process.env.TMPDIR = dir
  const demo = packageFile('fixtures/drill/demo')
  const [name = ''] = await readdir(demo)
  backup = join(dir, name)
  await cp(join(demo, name), backup)
})
after(() => rm(dir, { recursive: true, force: true }))

function optionsFor(config: object = {}): DrillOptions {
  const section = drillSchema.parse({ backup, engine: 'local', stable: '1ms', evidenceDir: join(dir, 'qa'), ...config })
  return optionsOf(section, {
    rootDir: dir,
    env: process.env,
    signal: new AbortController().signal,
    secrets: createSecrets(),
    onEvent: () => {},
    clock: systemClock,
    tool: 'gatekit test',
    targetUrl: undefined,
    sourceUrl: undefined,
  })
}

const selftest = (drill: Drill, config?: object, seen: string[] = []): Promise<SelftestRecord> =>
  runSelftest(optionsFor(config), drill, {
    copy: ({ title }, done, total) => void seen.push(`${done}/${total} ${title}`),
  })

const ids = ({ verdicts }: SelftestRecord, outcome: Verdict['outcome']): string[] =>
  verdicts.filter((verdict) => verdict.outcome === outcome).map(({ id }) => id)

test('each bad copy is another backup than the good one, and says so when it cannot be made', async () => {
  const reading = await readBackup(backup)
  assert.equal(isRenderable(reading), true)
  const original = await originalOf(reading, {})
  original.rendering = await writeRendering(original, join(dir, 'good'))
  const good = await readFile(original.rendering)
  const seen = new Map<string, string>()
  for (const mutation of [...fileMutations, ...textMutations, ...contentMutations(reading)]) {
    const path = await makeBadCopy(original, mutation, join(dir, 'copies', mutation.id))
    assert.ok(path, `${mutation.id} changes nothing of the demo backup`)
    const bytes = await readFile(path)
    if (mutation.kind === 'time') {
      assert.ok(bytes.equals(await readFile(backup)), 'the same bytes')
      assert.ok(original.mtime.getTime() - (await stat(path)).mtimeMs >= mutation.ageMs - 1000)
    } else {
      assert.equal(bytes.equals(good), false, mutation.id)
      const twin = seen.get(bytes.toString('latin1'))
      assert.equal(twin, undefined, `${mutation.id} and ${twin} are the same copy`)
      seen.set(bytes.toString('latin1'), mutation.id)
    }
  }
  const empty = { ...reading, objects: [], tables: [], sequences: [] }
  const foreign = contentMutations(empty).find(({ id }) => id === 'sequence')
  assert.ok(foreign)
  assert.equal(await makeBadCopy(original, foreign, join(dir, 'copies', 'none')), undefined)
})

test(
  'on our own backup all but what only a checksum, a count or a budget can know is caught',
  need('postgres'),
  async () => {
    const seen: string[] = []
    const record = await selftest(runDrill, {}, seen)
    assert.equal(record.control.status, 'PASS')
    assert.deepEqual(ids(record, 'undecided'), [])
    assert.deepEqual(ids(record, 'survived').sort(), ['old', 'row-one', 'value'])
    assert.deepEqual([record.judged - record.caught, record.exitCode], [3, 0])
    for (const verdict of record.verdicts)
      assert.equal(verdict.outcome === 'survived', verdict.wouldCatch !== undefined, `${verdict.id} is explained`)
    // Whatever the bytes themselves tell is found without a server.
    const read = record.verdicts.filter(({ stage }) => stage === 'select' || stage === 'read').map(({ id }) => id)
    assert.ok(read.length >= textMutations.length + 5, read.join(' '))
    assert.equal(seen.length, record.verdicts.length)
    assert.deepEqual(
      (await readdir(await stateFolder())).filter((name) => name.startsWith(`selftest-`)),
      [],
    )
  },
)

test('a weakened drill lets survivors through, and the score falls', async () => {
  const blind: Drill = async (options) => {
    const record = await runDrill({ ...options, engine: 'nothing' })
    return { ...record, status: 'PASS', exitCode: 0 }
  }
  const record = await selftest(blind, { engine: 'pglite' })
  assert.deepEqual([record.caught, record.exitCode], [0, 1], 'what every drill must catch survives: that is a failure')
  assert.ok(ids(record, 'survived').includes('empty'))

  const half: Drill = async (options) => {
    const { exitCode, ...rest } = await blind(options)
    const found = rest.findings.find(({ exit, stage }) => exit !== 0 && stage === 'read')
    return found ? { ...rest, status: 'FAIL', exitCode: 1, code: found.code, stage: 'read' } : { ...rest, exitCode }
  }
  const better = await selftest(half, { engine: 'pglite' })
  assert.ok(better.caught > 10 && better.caught < better.judged, `${better.caught} of ${better.judged}`)
})

test('a backup that does not pass is no control: nothing is mutated', async () => {
  const old = new Date(Date.now() - 9 * 86_400_000)
  await utimes(backup, old, old)
  const record = await selftest(runDrill, { rpo: '24h' })
  assert.deepEqual([record.control.status, record.verdicts, record.exitCode], ['FAIL', [], 1])
})
