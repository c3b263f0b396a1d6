import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { DrillRecord } from '../../src/drill/record.ts'
import { packageFile } from '../../src/kernel/package.ts'
import { scratchHome } from '../drill/scratch.ts'
import { need, programOf } from '../support/need.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'

const options = { ...need('postgres'), timeout: 300_000 }
const backup = packageFile('fixtures/drill/demo/backup_20251001_050001.sql.gz')

let server: PostgresServer
let home: string
before(async () => {
  home = await scratchHome()
  await mkdir(join(home, 'project'))
  if (!programOf('postgres')) return
  server = await startPostgres()
  const psql = (url: string, input: string | Buffer) =>
    execFileSync(join(server.binDir, 'psql'), ['-X', '-q', url], { input, stdio: ['pipe', 'ignore', 'pipe'] })
  psql(server.url, 'create role shop_owner; create role shop_app; create database shop owner shop_owner;')
  psql(source(), gunzipSync(await readFile(backup)))
})
after(async () => {
  await server?.stop()
  await rm(home, { recursive: true, force: true })
})

const source = (): string => server.url.replace(/\/postgres$/, '/shop')

function startDrill(): ChildProcess {
  const tsx = packageFile('node_modules/tsx/dist/loader.mjs')
  const args = ['drill', 'restore', '--backup', backup, '--engine', 'local', '--url', source()]
  return spawn(
    process.execPath,
    ['--import', tsx, packageFile('src/cli/main.ts'), ...args, '--json', join(home, 'out.json')],
    {
      cwd: join(home, 'project'),
      env: { ...process.env, TMPDIR: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
}

/** Every byte that pg_dump sees, but for the key that it makes up each time. */
function sourceDigest(): string {
  const dump = execFileSync(join(server.binDir, 'pg_dump'), [source()], { maxBuffer: 1 << 26 }).toString()
  return createHash('sha256')
    .update(dump.replace(/^\\(?:un)?restrict .*$/gm, ''))
    .digest('hex')
}

async function stateLeft(): Promise<string[]> {
  const [folder] = (await readdir(home)).filter((name) => name.startsWith('gatekit-drill-'))
  return folder ? await readdir(join(home, folder)) : []
}

/** Processes whose arguments name our folder. */
const processesLeft = (): string[] =>
  execFileSync('ps', ['-eo', 'args'])
    .toString()
    .split('\n')
    .filter((line) => line.includes(home) && /postgres/.test(line) && !line.includes('ps -eo'))

async function killAt(boundary: string): Promise<void> {
  const child = startDrill()
  const lines = createInterface({ input: child.stderr! })
  for await (const line of lines) if (line.trim().startsWith(`${boundary} `)) child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  assert.equal(child.signalCode, 'SIGKILL', `the drill was to be killed after ${boundary}`)
}

async function drillAgain(): Promise<DrillRecord> {
  const child = startDrill()
  child.stderr?.resume()
  await once(child, 'exit')
  return JSON.parse(await readFile(join(home, 'out.json'), 'utf8')) as DrillRecord
}

test(
  'killed after it restored, the next drill says what it removed, and the source is what it was',
  options,
  async () => {
    const untouched = sourceDigest()
    await killAt('restore')
    assert.equal(sourceDigest(), untouched)
    assert.notDeepEqual(await stateLeft(), [])

    const record = await drillAgain()

    assert.equal(record.status, 'PASS', record.reason)
    assert.ok(
      record.evidence.swept.some((each) => each.startsWith('scratch folder ')),
      String(record.evidence.swept),
    )
    assert.equal(record.evidence.source?.unchanged, true)
    assert.equal(sourceDigest(), untouched)
    assert.deepEqual(await stateLeft(), [])
    assert.deepEqual(processesLeft(), [])
  },
)

test('of two drills of one project at once the second says so and touches nothing', options, async () => {
  const first = startDrill()
  const lines = createInterface({ input: first.stderr! })
  let second: DrillRecord | undefined
  for await (const line of lines) {
    if (second || !line.trim().startsWith('preflight ')) continue
    second = await drillAgain()
  }
  if (first.exitCode === null) await once(first, 'exit')

  assert.deepEqual([second?.exitCode, second?.code], [3, 'LOCKED'])
  assert.equal(first.exitCode, 0)
  assert.deepEqual(await stateLeft(), [])
})

test('Ctrl-C stops the drill, its server and its files', options, async () => {
  const child = startDrill()
  const lines = createInterface({ input: child.stderr! })
  for await (const line of lines) if (line.trim().startsWith('provision ')) child.kill('SIGINT')
  if (child.exitCode === null) await once(child, 'exit')

  assert.equal(child.exitCode, 130)
  assert.deepEqual(await stateLeft(), [])
  assert.deepEqual(processesLeft(), [])
})
