import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { phaseNames } from '../../../src/drill/record.ts'
import { packageFile } from '../../../src/kernel/package.ts'
import { need, programOf } from '../../support/need.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { tiny } from '../proof/tiny.ts'
import { type CrashPlan, crashing } from './child.ts'

const options = need('postgres')

let source: PostgresServer
let target: PostgresServer
let home: string
let program: string
let plan: CrashPlan
before(async () => {
  if (!programOf('postgres')) return
  ;[source, target] = await Promise.all([startPostgres(), startPostgres()])
  home = await mkdtemp(join(tmpdir(), 'gatekit-crash-'))
  psql(source, 'create database shop')
  psql(source, tiny, 'shop')
  psql(target, "create database scratch; comment on database scratch is 'gatekit:scratch'")
  const backup = join(home, 'shop.sql')
  await writeFile(backup, dumped())
  plan = { backup, rootDir: home, targetUrl: urlOf(target, 'scratch'), sourceUrl: urlOf(source, 'shop') }
  // Leases and scratch data of this file alone.
  process.env.TMPDIR = home
  // Built once: a dozen starts through a compiler take longer than their drills.
  program = join(await mkdtemp(join(packageFile('node_modules'), '.gatekit-crash-')), 'child.mjs')
  const entryPoints = [packageFile('test/drill/crash/child.ts')]
  await build({ entryPoints, outfile: program, bundle: true, format: 'esm', platform: 'node', packages: 'external' })
})
after(async () => {
  await source?.stop()
  await target?.stop()
  for (const folder of [home, program && join(program, '..')])
    if (folder) await rm(folder, { recursive: true, force: true })
})

const urlOf = ({ url }: PostgresServer, database: string) => url.replace(/\/postgres$/, `/${database}`)
const psql = (server: PostgresServer, sql: string, database = 'postgres'): string =>
  execFileSync(join(server.binDir, 'psql'), ['-XqAt', '-v', 'ON_ERROR_STOP=1', urlOf(server, database)], {
    input: sql,
    stdio: ['pipe', 'pipe', 'pipe'],
  }).toString()
/** Without the line that pg_dump makes up anew each time. */
const dumped = (): string =>
  execFileSync(join(source.binDir, 'pg_dump'), [urlOf(source, 'shop')], { stdio: 'pipe' })
    .toString()
    .replace(/^\\(un)?restrict .*$/gm, '')
const left = (): string[] =>
  psql(
    target,
    "select datname from pg_database where datname like 'gatekit%' union all select rolname from pg_roles where rolname like 'gatekit%'",
  )
    .split('\n')
    .filter(Boolean)

const boundaries = [
  ...phaseNames.flatMap((name) => [`${name} phase`, ...(name === 'restore' ? ['restore progress'] : [])]),
  'evidence phase-end',
]

test(
  'killed at any boundary, a drill leaves the source as it was, and the next one clears up after it',
  options,
  async () => {
    const before = dumped()
    const made = ['restore phase', 'restore progress', 'prove phase', 'check phase', 'probe phase', 'cleanup phase']

    for (const dieAt of boundaries) {
      const { signal, stderr } = spawnSync(process.execPath, [program, JSON.stringify({ ...plan, dieAt })], {
        env: { ...process.env, TMPDIR: home },
      })
      assert.equal(signal, 'SIGKILL', `${dieAt}: ${stderr}`)
      // What the run before left is gone; of this one there is a database and its owner, or nothing.
      assert.equal(left().length, made.includes(dieAt) ? 2 : 0, `${dieAt}: ${left()}`)
    }
    const record = await crashing(plan)

    assert.equal(record.status, 'PASS', record.reason)
    assert.equal(record.evidence.source?.unchanged, true)
    assert.equal(dumped(), before)
    assert.deepEqual(left(), [])
    const state = `gatekit-drill-${process.getuid?.() ?? 0}`
    assert.deepEqual(await readdir(join(home, state)), [])
  },
)
