import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Encrypter } from 'age-encryption'
import { DrillStop } from '../../../src/drill/findings.ts'
import { stateFolder } from '../../../src/drill/lease/state-folder.ts'
import { checkSpace } from '../../../src/drill/preflight.ts'
import { emptyReading } from '../../../src/drill/reading/empty-reading.ts'
import type { DrillRecord } from '../../../src/drill/record.ts'
import { packageFile } from '../../../src/kernel/package.ts'
import { need } from '../../support/need.ts'
import { until } from '../../support/until.ts'
import { packed, passphrase } from '../reading/packed.ts'
import { smallDump } from '../reading/small-dump.ts'
import { type Backups, drillBackup, keep, makeBackups } from './backups.ts'

let backups: Backups
before(async () => {
  if (need('postgres').skip === false) backups = await makeBackups()
})
after(() => backups?.stop())

const says = ({ exitCode, code, object }: DrillRecord): string => `${exitCode} ${code ?? 'PASS'} ${object ?? ''}`.trim()

/** Databases that drills have left on the scratch server or the source. */
const leftovers = (): string =>
  backups.sql('postgres', "select string_agg(datname, ',') from pg_database where datname like 'gatekit%'").trim()

test(
  'an encrypted backup without its key cannot be verified; one that the key does not open is bad',
  need('postgres', 'gpg'),
  async () => {
    const encrypter = new Encrypter()
    encrypter.setScryptWorkFactor(8)
    encrypter.setPassphrase(passphrase)
    const age = await keep(backups.dir, 'b.sql.age', Buffer.from(await encrypter.encrypt(smallDump)))
    const gpg = await keep(backups.dir, 'b.sql.gpg', packed.gpg)
    const env = { ...process.env, RIGHT: passphrase, WRONG: 'another' }
    const drill = async (backup: string, decrypt: object) =>
      says(await drillBackup(backups.dir, { backup, decrypt }, { env }))
    assert.equal(await drill(age, {}), '3 ENCRYPTED_NO_KEY age')
    assert.equal(await drill(age, { agePassphrase: { env: 'WRONG' } }), '1 DECRYPT_FAILED age')
    assert.equal(await drill(age, { agePassphrase: { env: 'RIGHT' } }), '0 PASS')
    assert.equal(await drill(gpg, {}), '3 ENCRYPTED_NO_KEY gpg')
    assert.equal(await drill(gpg, { gpgPassphrase: { env: 'WRONG' } }), '1 DECRYPT_FAILED gpg')
    assert.equal(await drill(gpg, { gpgPassphrase: { env: 'RIGHT' } }), '0 PASS')
  },
)

test(
  'a backup that is not the one it is taken for is told by name, by time and by its checksum',
  need('postgres'),
  async () => {
    const dir = await mkdtemp(join(backups.dir, 'dir-'))
    const days = (count: number) => new Date(Date.now() - count * 86_400_000)
    for (const [name, age] of [
      ['shop_20260101.sql', 1],
      ['shop_20260201.sql', 9],
    ] as const) {
      await writeFile(join(dir, name), smallDump)
      await utimes(join(dir, name), days(age), days(age))
    }
    assert.equal(says(await drillBackup(backups.dir, { dir })), '1 ORDER_CONFLICT shop_20260201.sql, shop_20260101.sql')
    const latest = await mkdtemp(join(backups.dir, 'dir-'))
    await writeFile(join(latest, 'shop.sql'), smallDump)
    await utimes(join(latest, 'shop.sql'), days(9), days(9))
    await symlink('shop.sql', join(latest, 'latest.sql'))
    const old = await drillBackup(backups.dir, { backup: join(latest, 'latest.sql'), rpo: '24h' })
    assert.deepEqual([says(old), old.evidence.backup?.realPath], ['1 STALE mtime', join(latest, 'shop.sql')])
    const summed = await keep(backups.dir, 'b.sql', Buffer.from(smallDump))
    await writeFile(`${summed}.md5`, `${createHash('md5').update('another').digest('hex')}  b.sql\n`)
    assert.equal(says(await drillBackup(backups.dir, { backup: summed })), '1 CHECKSUM_MISMATCH b.sql.md5')
  },
)

test(
  'roles that the server lacks are made and listed; a locale that it lacks leaves the backup unverified',
  need('postgres'),
  async () => {
    const owned = smallDump.replace('COPY public', 'ALTER TABLE public.cards OWNER TO "Nobody, here";\nCOPY public')
    const record = await drillBackup(backups.dir, { backup: await keep(backups.dir, 'b.sql', Buffer.from(owned)) })
    assert.deepEqual([says(record), record.evidence.roles], ['0 PASS', ['Nobody, here']])
    const foreign = smallDump.replace(
      'CREATE TABLE',
      "CREATE COLLATION public.c (provider = libc, locale = 'xx_XX.utf8');\nCREATE TABLE",
    )
    const lacks = await drillBackup(backups.dir, { backup: await keep(backups.dir, 'b.sql', Buffer.from(foreign)) })
    assert.equal(says(lacks), '3 LOCALE_UNAVAILABLE xx_XX.utf8')
  },
)

test(
  'a restore that hangs, one that is stopped and one without an engine are no verdict on the backup, and leave nothing',
  need('postgres'),
  async () => {
    const hangs = smallDump.replace('CREATE TABLE', 'SELECT pg_catalog.pg_sleep(3600);\nCREATE TABLE')
    const backup = await keep(backups.dir, 'b.sql', Buffer.from(hangs))
    assert.equal(
      says(await drillBackup(backups.dir, { backup, engine: 'pglite', statementTimeout: '2s' })),
      '3 TIMEOUT',
    )
    assert.equal(says(await drillBackup(backups.dir, { backup, timeout: '1s' })), '3 TIMEOUT')
    const signal = AbortSignal.abort()
    assert.equal(says(await drillBackup(backups.dir, { backup }, { signal })), '3 INTERRUPTED')
    assert.equal(says(await drillBackup(backups.dir, { backup, engine: 'embedded' })), '3 ENGINE_UNAVAILABLE')
    assert.equal(leftovers(), '')
  },
)

/** All that a folder holds, as text. */
async function textOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = names
    .filter((each) => each.isFile())
    .map((each) => readFile(join(each.parentPath, each.name), 'latin1'))
  return (await Promise.all(files)).join('\n')
}

test('no password and no row is in what a drill says, leaves, or hands to a program', need('postgres'), async () => {
  const [password, mail] = ['canary%2Fpassword', 'canary-row@example.org']
  const project = await mkdtemp(join(backups.dir, 'secrets-'))
  const source = backups.create(`create table users (email text); insert into users values ('${mail}'), ('${mail}')`)
  const text = backups.dump([], source).toString('latin1')
  const key = 'ALTER TABLE ONLY public.users ADD CONSTRAINT users_mail UNIQUE (email);'
  await writeFile(join(project, 'b.sql'), text.replace('-- PostgreSQL database dump complete', `${key}\n--\n$&`))
  await writeFile(join(project, 'gatekit.yaml'), 'drill: { backup: b.sql, engine: local, url: { env: SHOP_URL } }\n')
  const loader = packageFile('node_modules/tsx/dist/loader.mjs')
  const args = ['--import', loader, packageFile('src/cli/main.ts'), 'drill', 'restore']
  const child = spawn(process.execPath, [...args, '--json', 'out.json', '--reporter', 'junit,markdown'], {
    cwd: project,
    env: { ...process.env, SHOP_URL: backups.url(source).replace('postgres@', `postgres:${password}@`) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let processes = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk
      processes += execFileSync('ps', ['-eo', 'args'])
    })
  const [code] = await once(child, 'close')
  await rm(join(project, 'b.sql'))
  const left = await textOf(project)

  assert.equal(code, 1, said)
  assert.match(left, /CONSTRAINT_FAILED[\s\S]*users_mail/)
  assert.ok(processes.includes(project) || processes.includes('drill restore'))
  for (const [where, everything] of Object.entries({ said, left, processes }))
    for (const secret of [password, decodeURIComponent(password), mail])
      assert.ok(!everything.includes(secret), `${secret} in what is ${where}`)
})

test(
  'a server that is killed in the middle of a restore is no verdict, and is cleared away',
  need('postgres'),
  async () => {
    const hangs = smallDump.replace('COPY public', 'SELECT pg_catalog.pg_sleep(3600);\nCOPY public')
    const backup = await keep(backups.dir, 'b.sql', Buffer.from(hangs))
    const state = await stateFolder()
    for (const when of [/./, /SELECT$/m]) {
      const killing = async ({ kind, ...event }: { kind: string; name?: string }) => {
        if (kind !== 'phase' || event.name !== 'restore') return
        const [lease = ''] = (await readdir(state)).filter((name) => name.endsWith('.lease'))
        const { traces } = JSON.parse(await readFile(join(state, lease), 'utf8')) as { traces: { pid?: number }[] }
        const pid = traces.find((trace) => trace.pid)?.pid ?? 0
        await until(() => when.test(execFileSync('ps', ['-o', 'args=', '--ppid', String(pid)]).toString()))
        process.kill(pid, 'SIGKILL')
      }
      const record = await drillBackup(
        backups.dir,
        { backup, engine: 'local' },
        { onEvent: (event) => void killing(event) },
      )
      assert.deepEqual([says(record), record.stage], ['3 ENGINE_DIED', 'restore'])
      assert.deepEqual(await readdir(state), [])
    }
  },
)

test('without enough room a drill does not begin to restore', async () => {
  const huge = { ...emptyReading('b.sql'), plainBytes: 1e18 }
  await assert.rejects(checkSpace('/', huge), (error: DrillStop) => {
    assert.ok(error instanceof DrillStop)
    assert.deepEqual([error.finding.code, error.finding.exit, error.finding.object], ['NO_SPACE', 3, '/'])
    return true
  })
})
