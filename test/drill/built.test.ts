import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { DrillRecord } from '../../src/drill/record.ts'
import { packageFile } from '../../src/kernel/package.ts'
import { smallDump } from './reading/small-dump.ts'

// Beside node_modules' packages, where the bundle finds them; dist/ itself may be older than the sources.
const program = `node_modules/.gatekit-built-${process.pid}`

let home: string
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'gatekit-built-'))
  execFileSync(process.execPath, [packageFile('scripts/build.js'), program], { stdio: 'pipe' })
})
after(async () => {
  await rm(home, { recursive: true, force: true })
  await rm(packageFile(program), { recursive: true, force: true })
})

/** Drills as whoever has installed gatekit and nothing else, in an empty project folder. */
async function drill(name: string, ...args: string[]): Promise<DrillRecord> {
  const cwd = join(home, name)
  await mkdir(cwd)
  const env = { PATH: '', PG_BIN: join(home, 'none'), HOME: home, TMPDIR: home }
  const words = [packageFile(`${program}/main.js`), 'drill', 'restore', ...args, '--quiet', '--json', 'out.json']
  execFileSync(process.execPath, words, { cwd, env, stdio: 'pipe' })
  return JSON.parse(await readFile(join(cwd, 'out.json'), 'utf8')) as DrillRecord
}

test('the built program proves its demo backup on PGlite where no PostgreSQL is installed', async () => {
  const { status, evidence } = await drill('demo')

  assert.equal(status, 'PASS')
  assert.equal(evidence.engine?.kind, 'pglite')
  assert.ok(evidence.tables.length > 0 && evidence.tables.every(({ equal }) => equal))
})

test('the built program proves rows in Latin-1 on PGlite', async () => {
  const backup = join(home, 'latin.sql')
  const dump = smallDump.replace("'UTF8'", "'LATIN1'").replaceAll('żółć', 'òóôõ')
  await writeFile(backup, Buffer.from(dump, 'latin1'))

  const { status, evidence } = await drill('latin', '--backup', backup)

  assert.equal(status, 'PASS')
  assert.deepEqual([evidence.engine?.kind, evidence.tables[0]?.equal], ['pglite', true])
})

test('the built program proves a SQLite database', async () => {
  const sqlite = createRequire(import.meta.url)('node-sqlite3-wasm') as typeof import('node-sqlite3-wasm')
  const backup = join(home, 'shop.db')
  const database = new sqlite.Database(backup)
  database.exec("create table cards (id integer primary key, title text); insert into cards (title) values ('one')")
  database.close()

  const { status, evidence } = await drill('sqlite', '--backup', backup)

  assert.equal(status, 'PASS')
  assert.deepEqual(
    evidence.tables.map(({ name, rows }) => [name, rows]),
    [['cards', 1]],
  )
})
