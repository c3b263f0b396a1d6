import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { DatabaseError, type EngineDefinition } from '../../../src/drill/engines/define.ts'
import { embeddedEngine } from '../../../src/drill/engines/embedded.ts'
import { localEngine } from '../../../src/drill/engines/local.ts'
import { pgliteEngine } from '../../../src/drill/engines/pglite.ts'
import { DrillStop } from '../../../src/drill/findings.ts'
import { assertScratch } from '../../../src/drill/identity/scratch-database.ts'
import { isProcessAlive } from '../../../src/kernel/process-group.ts'
import { need } from '../../support/need.ts'
import { startEngine } from '../scratch.ts'

const suites: { engine: EngineDefinition; options: { skip: string | false } }[] = [
  { engine: pgliteEngine, options: { skip: false } },
  { engine: localEngine, options: need('postgres') },
  { engine: embeddedEngine, options: { skip: false } },
]

/** Tabs, backslashes, line ends, NULL, and bytes beyond ASCII, as COPY writes them. */
const odd = Buffer.from('1\ta\\tb\\\\\n2\t\\N\n3\tzażółć\\n\\r\n4\t\\\\N\n')

/** Started by the first that asks, and not at all where all are skipped. */
function once<T>(start: () => Promise<T>): { get(): Promise<T>; value(): Promise<T> | undefined } {
  let value: Promise<T> | undefined
  return {
    get() {
      value ??= start()
      return value
    },
    value: () => value,
  }
}

for (const { engine, options } of suites) {
  const shared = once(() => startEngine(engine))
  after(async () => (await shared.value())?.[Symbol.asyncDispose]())

  test(
    `${engine.name}: what COPY takes it gives back, byte for byte, in one session after the other`,
    options,
    async () => {
      await using started = await startEngine(engine)
      const owner = await started.scratch.owner()
      await owner.exec('create table odd (id integer, text text)')

      const sink = await owner.copyIn('copy odd from stdin')
      // Cut in the middle of a row, of a character and of an escape.
      for (const at of [0, 7, 16, 22, 30])
        await sink.write(odd.subarray(at, at === 30 ? odd.length : [7, 16, 22, 30][[0, 7, 16, 22].indexOf(at)]))
      assert.equal(await sink.end(), 4)
      const back: Buffer[] = []
      for await (const chunk of owner.copyOut('copy odd to stdout')) back.push(Buffer.from(chunk))

      assert.deepEqual(Buffer.concat(back), odd)
      await owner.close()
      const again = await started.scratch.superuser()
      assert.deepEqual(await again.query('select count(*) as rows from public.odd where text is null'), [{ rows: '1' }])
      await again.close()
    },
  )

  test(
    `${engine.name}: many rows flow both ways, and a reader that stops early leaves the session usable`,
    options,
    async () => {
      await using started = await startEngine(engine)
      const owner = await started.scratch.owner()
      await owner.exec('create table many (id integer, text text)')
      const rows = Buffer.from(
        Array.from({ length: 50_000 }, (_, id) => `${id}\t${'x'.repeat(id % 90)}\\\\\n`).join(''),
      )

      const sink = await owner.copyIn('copy many from stdin')
      for (let round = 0; round < 8; round++) await sink.write(rows)
      assert.equal(await sink.end(), 400_000)
      let bytes = 0
      for await (const chunk of owner.copyOut('copy many to stdout')) bytes += chunk.length
      assert.equal(bytes, rows.length * 8)
      for await (const _ of owner.copyOut('copy many to stdout')) break

      assert.deepEqual(await owner.query('select 1 as one'), [{ one: '1' }])
      await owner.close()
    },
  )

  test(`${engine.name}: a row that is refused names table, column and line, and never its value`, options, async () => {
    const started = await shared.get()
    const owner = await started.scratch.owner()
    await owner.exec('create table prices (id integer, price numeric(4, 2))')

    const sink = await owner.copyIn('copy prices from stdin')
    const refused = (async () => {
      await sink.write(Buffer.from('1\t1.50\n2\tsecret@example.com\n'))
      await sink.end()
    })()

    await assert.rejects(refused, (error: DatabaseError) => {
      assert.ok(error instanceof DatabaseError)
      assert.doesNotMatch(JSON.stringify({ ...error.fields, message: error.message }), /secret/)
      assert.deepEqual([error.fields.table, error.fields.column, error.fields.line], ['prices', 'price', 2])
      return true
    })
    assert.deepEqual(await owner.query('select 1 as one'), [{ one: '1' }])
    await owner.close()
  })

  test(`${engine.name}: whoever restores may run no program, read no file and make no superuser`, options, async () => {
    const started = await shared.get()
    const owner = await started.scratch.owner()
    const mark = join(started.context.scratchDir, 'pwned')
    const attempts = [
      `do $$ begin execute 'copy (select 1) to program ''touch ${mark}'''; end $$`,
      'create role up superuser',
      `create function sys(text) returns integer language c as 'libc.so.6', 'system'`,
      'alter system set archive_mode = on',
      'set session authorization gatekit_superuser',
    ]

    for (const sql of attempts) await assert.rejects(owner.exec(sql), DatabaseError, sql)

    assert.equal(existsSync(mark), false)
    await started.scratch.canary()
    await owner.close()
  })

  test(`${engine.name}: query takes one statement, however it is written`, options, async () => {
    const started = await shared.get()
    const admin = await started.scratch.superuser()
    await assert.rejects(admin.query(`select 1; create table public.smuggled (id integer)`), DatabaseError)
    assert.deepEqual(await admin.query(`select to_regclass('public.smuggled')::text as found`), [{ found: null }])
    await admin.close()
  })

  test(`${engine.name}: the scratch database is known by its marker, and only to its own drill`, options, async () => {
    const started = await shared.get()
    const admin = await started.scratch.superuser()
    await assertScratch(admin, 'test_1', 'restore')
    await assert.rejects(
      assertScratch(admin, 'test_2', 'restore'),
      (error: DrillStop) => error.finding.code === 'NOT_SCRATCH',
    )
    await admin.close()
  })

  test(
    `${engine.name}: a server that is killed is told as such, and stopping leaves no process and no file`,
    options,
    async () => {
      await using started = await startEngine(engine)
      const { scratch, traces, context } = started
      const trace = traces.find(({ kind }) => kind === 'process') as { pid: number }
      const owner = await scratch.owner()

      process.kill(trace.pid, 'SIGKILL')
      while (isProcessAlive(trace.pid)) await setTimeout(10)

      const isDead = (error: unknown) => error instanceof DrillStop && error.finding.code === 'ENGINE_DIED'
      // A backend of PostgreSQL outlives its postmaster for a moment; PGlite is one process.
      if (engine.name === 'pglite') await assert.rejects(owner.query('select 1'), isDead)
      await assert.rejects(scratch.canary(), isDead)
      await scratch.stop()
      assert.equal(isProcessAlive(trace.pid), false)
      assert.deepEqual(
        (await readdir(context.scratchDir)).filter((name) => name !== 'native'),
        [],
      )
    },
  )

  test(`${engine.name}: a statement that never ends is cut off after its time`, options, async () => {
    await using started = await startEngine(engine, { statementTimeoutMs: 3_000 })
    const owner = await started.scratch.owner()
    const isTimeout = (error: unknown) => error instanceof DrillStop && error.finding.code === 'TIMEOUT'
    await assert.rejects(owner.exec('do $$ begin loop end loop; end $$'), isTimeout)
  })
}

test('pglite: an extension that it does not come with is told before it starts', async () => {
  const request = { extensions: ['postgis', 'pg_trgm'], rootDir: '/', env: {} }
  assert.deepEqual(await pgliteEngine.availability(request), {
    here: false,
    reason: 'it has no extension postgis',
    lacks: ['postgis'],
  })
})
