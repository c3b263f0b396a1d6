import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, test } from 'node:test'
import type { SelectOptions } from '../../../src/drill/select/define.ts'
import { nameTime } from '../../../src/drill/select/name-time.ts'
import { checkPromise } from '../../../src/drill/select/promise.ts'
import { selectBackup } from '../../../src/drill/select/select-backup.ts'

let home: string
before(async () => {
  home = await mkdtemp(join(tmpdir(), 'gatekit-select-'))
})
after(() => rm(home, { recursive: true, force: true }))

/** A folder of files, each so many hours old; a content of null is a folder of pg_dump. */
async function folder(files: Record<string, { hours?: number; content?: string | null }>): Promise<string> {
  const dir = await mkdtemp(join(home, 'backups-'))
  for (const [name, { hours = 1, content = name }] of Object.entries(files)) {
    const path = join(dir, name)
    if (content === null) {
      await mkdir(path)
      await writeFile(join(path, 'toc.dat'), 'PGDMP')
    } else await writeFile(path, content)
    const time = new Date(Date.now() - hours * 3_600_000)
    for (const each of content === null ? [join(path, 'toc.dat'), path] : [path]) await utimes(each, time, time)
  }
  return dir
}

async function chosen(options: Partial<SelectOptions>, wait: () => Promise<unknown> = async () => {}) {
  const found = await selectBackup({ checksum: 'when-present', stableMs: 0, ...options }, { wait })
  const codes = found.findings.map(({ code, exit }) => (exit === 0 ? `${code} remark` : code))
  return { name: basename(found.path), codes, others: found.others.map((path) => basename(path)), found }
}

test('the newest is chosen by the time in its name, or by the time of the file where that is declared; undeclared, both must agree', async () => {
  const dir = await folder({
    'shop_20260101_050000.sql.gz': { hours: 1 },
    'shop_20260301_050000.sql.gz': { hours: 5 },
    'shop_20260201_050000.sql.gz': { hours: 9 },
  })
  const byName = await chosen({ dir })
  assert.deepEqual([byName.name, byName.codes], ['shop_20260301_050000.sql.gz', ['ORDER_CONFLICT']])
  assert.deepEqual(byName.others, ['shop_20260201_050000.sql.gz', 'shop_20260101_050000.sql.gz'])
  const byTime = await chosen({ dir, order: 'mtime' })
  assert.deepEqual([byTime.name, byTime.codes], ['shop_20260101_050000.sql.gz', ['ORDER_CONFLICT remark']])
  const declared = await chosen({ dir, order: 'name' })
  assert.deepEqual([declared.name, declared.codes], ['shop_20260301_050000.sql.gz', ['ORDER_CONFLICT remark']])
  assert.match(byName.found.findings[0]?.object ?? '', /20260301.*20260101/)
})

test('names without a time are ordered with their numbers as numbers, and say nothing of age', async () => {
  const dir = await folder({ 'backup9.dump': { hours: 1 }, 'backup10.dump': { hours: 5 } })
  const { name, codes } = await chosen({ dir })
  assert.deepEqual([name, codes], ['backup10.dump', []])
})

test('what lies beside backups, and what is not finished, is none', async () => {
  const dir = await folder({
    'a_20260101.sql': {},
    'a_20260101.sql.sha256': {},
    'b_20260401.sql.part': {},
    'c_20260401.dump.tmp': {},
    'README.md': {},
    'backup.log': {},
    '.hidden_20260501.sql': {},
    d_20251201: { hours: 9, content: null },
    empty: { content: null },
  })
  await rm(join(dir, 'a_20260101.sql.sha256'))
  await rm(join(dir, 'empty', 'toc.dat'))
  const { name, codes, others } = await chosen({ dir })
  assert.deepEqual([name, codes, others], ['a_20260101.sql', [], ['d_20251201']])
  assert.equal((await chosen({ dir, pattern: 'd_*' })).found.kind, 'folder')
  const unfinished = await folder({ 'b_20260401.sql.part': {} })
  assert.deepEqual((await chosen({ dir: unfinished })).codes, ['IN_PROGRESS'])
})

test('a pattern is a glob and no expression', async () => {
  const dir = await folder({ 'shop.1.sql': {}, 'shopx1.sql': {} })
  assert.equal((await chosen({ dir, pattern: 'shop.?.sql' })).name, 'shop.1.sql')
  assert.deepEqual((await chosen({ dir, pattern: 'shop[.]*' })).codes, ['NO_BACKUP'])
})

test('nothing there, nowhere to look, an empty file and a link that leads nowhere are told apart', async () => {
  assert.deepEqual((await chosen({ dir: await folder({}) })).codes, ['NO_BACKUP'])
  assert.deepEqual((await chosen({ dir: join(home, 'nowhere') })).codes, ['NO_BACKUP'])
  assert.deepEqual((await chosen({ backup: join(home, 'gone.sql') })).codes, ['NO_BACKUP'])
  assert.deepEqual((await chosen({ dir: await folder({ 'b.sql': { content: '' } }) })).codes, ['EMPTY'])
  const dangling = await folder({ 'old_20250101.sql': {} })
  await symlink(join(dangling, 'gone.sql'), join(dangling, 'latest.sql'))
  assert.deepEqual((await chosen({ dir: dangling })).codes, ['NO_BACKUP remark'])
})

test('a link to the newest is the file it leads to; one that leads out of the folder is refused', async () => {
  const dir = await folder({ 'a_20260101.sql': {}, 'a_20260201.sql': {} })
  await symlink('a_20260201.sql', join(dir, 'latest'))
  const { name, others, codes } = await chosen({ dir })
  assert.deepEqual([name, others, codes], ['a_20260201.sql', ['a_20260101.sql'], []])
  const outside = await folder({ 'z_20260301.sql': {} })
  await symlink(join(outside, 'z_20260301.sql'), join(dir, 'z_20260301.sql'))
  const refused = await chosen({ dir })
  assert.deepEqual([refused.codes, refused.found.findings[0]?.exit], [['OUTSIDE_DIR'], 6])
})

test('a file that grows or goes while it is looked at is still being written', async () => {
  const dir = await folder({ 'b_20260101.sql': { hours: 0 } })
  const path = join(dir, 'b_20260101.sql')
  assert.deepEqual((await chosen({ dir, stableMs: 1 })).codes, [])
  assert.deepEqual((await chosen({ dir, stableMs: 1 }, () => appendFile(path, 'more'))).codes, ['IN_PROGRESS'])
  assert.deepEqual((await chosen({ dir, stableMs: 1 }, () => rm(path))).codes, ['IN_PROGRESS'])
})

const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex')

test('a checksum beside the backup is kept or not, whatever its algorithm and the form of its file', async () => {
  const name = 'b_20260101.sql'
  const forms: Record<string, (sum: string) => string> = {
    [`${name}.sha256`]: (sum) => `${sum}  ${name}\n`,
    [`${name}.md5`]: (sum) => `${sum}\n`,
    [`${name}.sha512`]: (sum) => `SHA512 (${name}) = ${sum}\n`,
    SHA256SUMS: (sum) => `${'0'.repeat(64)} *other.sql\n${sum.toUpperCase()} *./${name}\n`,
  }
  for (const [file, form] of Object.entries(forms)) {
    const algorithm = /sha512|md5/.exec(file)?.[0] ?? 'sha256'
    for (const [saved, says] of [
      [name, []],
      ['other', ['CHECKSUM_MISMATCH']],
    ] as const) {
      const dir = await folder({ [name]: {} })
      await writeFile(join(dir, file), form(digest(algorithm, saved)))
      const { found, codes } = await chosen({ dir, checksum: 'required' })
      assert.deepEqual(codes, [], file)
      const { signal } = new AbortController()
      const findings = await checkPromise(found, digest('sha256', name), signal)
      assert.deepEqual(
        findings.map(({ code }) => code),
        says,
        `${file} of ${saved}`,
      )
    }
  }
})

test('a checksum file of another backup, of nothing, or none where one is required, is told', async () => {
  const own = await folder({ 'b.sql': {} })
  assert.deepEqual((await chosen({ dir: own, checksum: 'required' })).codes, ['CHECKSUM_MISSING'])
  await writeFile(join(own, 'b.sql.sha256'), `${'a'.repeat(64)}  c.sql\n`)
  assert.deepEqual((await chosen({ dir: own })).codes, ['CHECKSUM_MISMATCH'])
  await writeFile(join(own, 'b.sql.sha256'), 'sha256sum: b.sql: No such file or directory\n')
  assert.deepEqual((await chosen({ dir: own })).codes, ['CHECKSUM_MISMATCH'])
})

test('times in names are read in the ways people write them, and days that are none are not', () => {
  const iso = (name: string) => nameTime(name)?.toISOString()
  assert.equal(iso('shop_20231201_050001.sql'), '2023-12-01T05:00:01.000Z')
  assert.equal(iso('2023-12-01T05-00-01Z.dump'), '2023-12-01T05:00:01.000Z')
  assert.equal(iso('db-2023.12.01.gz'), '2023-12-01T00:00:00.000Z')
  assert.equal(iso('db-1700000000.gz'), '2023-11-14T22:13:20.000Z')
  for (const name of ['db-20230230.gz', 'db-20231301.gz', 'v2.sql', 'db-120231201.sql'])
    assert.equal(iso(name), undefined, name)
})
