import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import sqlite from 'node-sqlite3-wasm'
import { verifyEvidence } from '../../../src/drill/evidence/verify.ts'
import { stateFolder } from '../../../src/drill/lease/state-folder.ts'
import { phaseNames } from '../../../src/drill/record.ts'
import { packageFile } from '../../../src/kernel/package.ts'
import { need, programOf } from '../../support/need.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { filesOf, ownTemp } from '../faults/untouched.ts'
import { tiny } from '../proof/tiny.ts'
import { scratchHome } from '../scratch.ts'
import { type CrashPlan, crashing } from './child.ts'

let source: PostgresServer
let target: PostgresServer
let home: string
let temp: { end(): Promise<void> }
let program: string
let dump: string
before(async () => {
  home = await scratchHome()
  if (programOf('postgres')) {
    ;[source, target] = await Promise.all([startPostgres(), startPostgres()])
    psql(source, 'create database shop')
    psql(source, tiny, 'shop')
    psql(target, "create database scratch; comment on database scratch is 'gatekit:scratch'")
    dump = dumped()
  }
  // Leases and scratch data of this file alone.
  temp = await ownTemp(home)
  // Built once, packages and all: dozens of starts through a compiler take longer than their drills.
  program = join(await mkdtemp(join(packageFile('node_modules'), '.gatekit-crash-')), 'child.mjs')
  const entryPoints = [packageFile('test/drill/crash/child.ts')]
  const external = ['@electric-sql/*', 'node-sqlite3-wasm', 'pg-native']
  const js = "import { createRequire as requirer } from 'node:module'; const require = requirer(import.meta.url)"
  await build({
    entryPoints,
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    external,
    banner: { js },
  })
})
after(async () => {
  await source?.stop()
  await target?.stop()
  await rm(join(program, '..'), { recursive: true, force: true })
  await temp.end().finally(() => rm(home, { recursive: true, force: true }))
})

const urlOf = ({ url }: PostgresServer, database: string) => url.replace(/\/postgres$/, `/${database}`)
const run = ({ binDir }: PostgresServer, name: string, args: string[], input = ''): string =>
  execFileSync(join(binDir, name), args, { input, stdio: ['pipe', 'pipe', 'pipe'] }).toString()
const psql = (server: PostgresServer, sql: string, database = 'postgres'): string =>
  run(server, 'psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', urlOf(server, database)], sql)
/** Without the line that pg_dump makes up anew each time. */
const dumped = (): string => run(source, 'pg_dump', [urlOf(source, 'shop')]).replace(/^\\(un)?restrict .*$/gm, '')
/** What drills have made on the given server and not removed. */
const left = (): string[] =>
  psql(
    target,
    "select datname from pg_database where datname like 'gatekit%' union all select rolname from pg_roles where rolname like 'gatekit%'",
  )
    .split('\n')
    .filter(Boolean)

/** A project, and beside it a backup that `write` puts there. */
async function project(name: string, write: (path: string) => unknown): Promise<CrashPlan> {
  const rootDir = await mkdtemp(join(home, 'project-'))
  const backup = join(await mkdtemp(join(home, 'backup-')), name)
  await write(backup)
  return { backup, rootDir }
}

/** Kills one drill after the other at these boundaries; all of the source stays, and the drill after them passes and leaves nothing. */
async function survives(
  plan: CrashPlan,
  boundaries: readonly string[],
  look: (dieAt: string) => void = () => {},
): Promise<void> {
  const state = await stateFolder()
  const sources = async () => ({ files: await filesOf(plan, home), dump: plan.sourceUrl && dumped() })
  const before = await sources()
  for (const dieAt of boundaries) {
    const { signal, stderr } = spawnSync(process.execPath, [program, JSON.stringify({ ...plan, dieAt })])
    assert.equal(signal, 'SIGKILL', `${dieAt}: ${stderr}`)
    assert.deepEqual(await sources(), before, dieAt)
    // What the run before had left is gone: there is nothing but what this one has made.
    const kinds = (await readdir(state)).map((name) => (name.endsWith('.lease') ? 'lease' : 'folder'))
    assert.equal(kinds.length, new Set(kinds).size, `${dieAt}: ${kinds}`)
    look(dieAt)
  }
  const record = await crashing(plan)

  assert.equal(record.status, 'PASS', record.reason)
  assert.equal(record.evidence.source?.unchanged, plan.sourceUrl ? true : undefined)
  assert.deepEqual(await sources(), before)
  assert.deepEqual(await readdir(state), [])
  const evidence = await verifyEvidence({ dir: join(plan.rootDir, 'qa'), now: Date.now() })
  assert.equal(evidence.ok, true, JSON.stringify(evidence))
}

const each = phaseNames.flatMap((name) => [`${name} phase`, ...(name === 'restore' ? ['restore progress'] : [])])

test(
  'killed at any boundary with a given server, a drill leaves the next one nothing but to clear up',
  need('postgres'),
  async () => {
    const plan = await project('shop.sql', (path) => writeFile(path, dump))
    const urls = { targetUrl: urlOf(target, 'scratch'), sourceUrl: urlOf(source, 'shop') }
    const made = ['restore phase', 'restore progress', 'prove phase', 'check phase', 'probe phase', 'cleanup phase']
    await survives({ ...plan, ...urls }, [...each, 'evidence phase-end'], (dieAt) =>
      // A database and its owner, or nothing.
      assert.equal(left().length, made.includes(dieAt) ? 2 : 0, `${dieAt}: ${left()}`),
    )
    assert.deepEqual(left(), [])
  },
)

test(
  'killed while it makes its database and reads the backup meanwhile, a drill is cleared up after',
  need('postgres'),
  async () => {
    const plan = await project('shop.sql', (path) => writeFile(path, dump))
    const boundaries = ['read progress', 'read phase-end', 'provision phase', 'provision phase-end']
    await survives({ ...plan, targetUrl: urlOf(target, 'scratch') }, boundaries)
    assert.deepEqual(left(), [])
  },
)

test(
  'killed at any boundary since it has a server of its own, a drill is cleared up after',
  need('postgres'),
  async () => {
    const plan = await project('shop.sql', (path) => writeFile(path, dump))
    const fromProvision = each.slice(each.indexOf('provision phase'))
    await survives({ ...plan, engine: 'local', sourceUrl: urlOf(source, 'shop') }, fromProvision)
  },
)

/** Where there is most to clear up: the engine runs, and everything is in it. What comes before it is the same for all. */
const full = ['prove phase']

test('killed with PGlite, a drill is cleared up after', need('postgres'), async () => {
  const plan = await project('shop.sql', (path) => writeFile(path, dump))
  await survives({ ...plan, engine: 'pglite' }, ['restore progress'])
})

test('killed with a base backup, a drill is cleared up after', need('postgres'), async () => {
  const plan = await project('base', (path) =>
    run(source, 'pg_basebackup', ['-D', path, '-d', source.url, '-X', 'stream', '-c', 'fast']),
  )
  await survives(plan, full)
})

test('killed with MariaDB, a drill is cleared up after', need('mariadb'), async () => {
  const text =
    '-- MariaDB dump 10.19\nCREATE TABLE `cards` (`id` int PRIMARY KEY);\nINSERT INTO `cards` VALUES (1),(2);\n-- Dump completed\n'
  await survives(await project('shop.sql', (path) => writeFile(path, text)), full)
})

test('killed with Redis, a drill is cleared up after', need('redis'), async () => {
  const command = (...words: string[]) =>
    `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`
  const log = command('SELECT', '0') + command('SET', 'card:1', 'x')
  await survives(await project('appendonly.aof', (path) => writeFile(path, log)), full)
})

test('killed with SQLite, a drill is cleared up after', async () => {
  const plan = await project('shop.db', (path) => {
    const database = new sqlite.Database(path)
    database.exec('create table cards (id integer primary key); insert into cards values (1)')
    database.close()
  })
  await survives(plan, full)
})
