import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { need } from '../../support/need.ts'
import { good } from '../proof/odd-databases.ts'
import { smallDump } from '../reading/small-dump.ts'
import { type Backups, drillBackup, gzip, keep, makeBackups } from './backups.ts'

let backups: Backups
before(async () => {
  if (need('postgres').skip === false) backups = await makeBackups()
})
after(() => backups?.stop())

async function passes(backup: string, config: object = {}): Promise<void> {
  const record = await drillBackup(backups.dir, { backup, ...config })
  const wrong = record.findings.filter(({ exit }) => exit > 0)
  assert.deepEqual([record.exitCode, wrong], [0, []])
  assert.equal(record.status, 'PASS')
}

const shapes: Record<string, (dump: Backups['dump']) => { name: string; bytes: Buffer }> = {
  plain: (dump) => ({ name: 'b.sql', bytes: dump([]) }),
  'plain, without restrict': (dump) => ({
    name: 'b.sql',
    bytes: Buffer.from(
      dump([])
        .toString('latin1')
        .replace(/^\\(un)?restrict .*\n/gm, ''),
      'latin1',
    ),
  }),
  gzip: (dump) => ({ name: 'b.sql.gz', bytes: gzip(dump([])) }),
  'gzip of several members': (dump) => {
    const text = dump([])
    return {
      name: 'b.sql.gz',
      bytes: Buffer.concat([gzip(text.subarray(0, 5000)), gzip(text.subarray(5000, 9000)), gzip(text.subarray(9000))]),
    }
  },
  'gzip under the name of a plain dump': (dump) => ({ name: 'b.sql', bytes: gzip(dump([])) }),
  'plain under the name of an archive': (dump) => ({ name: 'b.dump', bytes: dump([]) }),
  custom: (dump) => ({ name: 'b.dump', bytes: dump(['-Fc']) }),
  'custom, uncompressed, under a wrong name': (dump) => ({ name: 'b.sql', bytes: dump(['-Fc', '-Z0']) }),
  'custom in gzip': (dump) => ({ name: 'b.dump.gz', bytes: gzip(dump(['-Fc'])) }),
  tar: (dump) => ({ name: 'b.tar', bytes: dump(['-Ft']) }),
  'plain, with clean and create': (dump) => ({ name: 'b.sql', bytes: dump(['--clean', '--if-exists', '--create']) }),
  inserts: (dump) => ({ name: 'b.sql', bytes: dump(['--column-inserts', '--rows-per-insert=7']) }),
  'without owners and privileges': (dump) => ({ name: 'b.sql', bytes: dump(['-O', '-x']) }),
}

for (const [title, make] of Object.entries(shapes)) {
  test(`a good backup passes: ${title}`, need('postgres'), async () => {
    const { name, bytes } = make(backups.dump)
    await passes(await keep(backups.dir, name, bytes))
  })
}

test('a good backup passes: a folder of pg_dump, compressed or not', need('postgres'), async () => {
  for (const args of [[], ['-Z0']]) {
    const folder = join(await mkdtemp(join(backups.dir, 'dir-')), 'shop')
    backups.dump(['-Fd', '-f', folder, ...args])
    await passes(folder)
  }
})

test('a good backup passes: a function whose body looks like a dump', need('postgres'), async () => {
  const body = '/*\nCOPY public.t (n) FROM stdin;\n99\n\\.\n--\n-- PostgreSQL database dump complete\n--\n*/'
  const database = backups.create(
    `create table t (n int); insert into t values (1); create function trap() returns int language sql as $f$${body} select 1$f$`,
  )
  for (const format of [[], ['-Fc']])
    await passes(await keep(backups.dir, 'b.sql', backups.dump(format, database)), { tables: { t: 1 } })
})

test('a good backup passes on a server that is started for it alone', need('postgres'), async () => {
  await passes(await keep(backups.dir, 'b.sql', backups.dump([])), { engine: 'local' })
})

test('a good backup passes on an engine of another major version', need('postgres'), async () => {
  await passes(await keep(backups.dir, 'b.sql', backups.dump([])), { engine: 'pglite' })
})

for (const [title, { sql, options = [], settings, wanted }] of Object.entries(good)) {
  test(`a good backup of an odd database passes: ${title}`, need('postgres'), async () => {
    const database = backups.create(sql, settings)
    const expectations = (wanted?.expectations ?? {}) as object
    for (const format of options.includes('--inserts') ? [[]] : [[], ['-Fc']])
      await passes(await keep(backups.dir, 'backup', backups.dump([...format, ...options], database)), {
        ...expectations,
        depth: wanted?.depth ?? 'full',
      })
  })
}

test('two dumps in one file are proved each in its own encoding', need('postgres'), async () => {
  const latin = smallDump.replaceAll('cards', 'others').replace("'UTF8'", "'LATIN1'").replaceAll('żółć', 'òóôõ')
  const [one, other] = [Buffer.from(smallDump), Buffer.from(latin, 'latin1')]
  for (const parts of [
    [one, other],
    [other, one],
  ])
    await passes(await keep(backups.dir, 'two.sql', Buffer.concat(parts)))
})
