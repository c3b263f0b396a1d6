import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { DrillRecord } from '../../../src/drill/record.ts'
import { need } from '../../support/need.ts'
import { smallDump } from '../reading/small-dump.ts'
import { drillBackup } from './backups.ts'

function mount(folder: string, size = '1m'): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'pipe' })
}
const unmount = (folder: string) => execFileSync('umount', [folder], { stdio: 'pipe' })

/** A file system that is full soon can only be made by root, and not in every container. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'gatekit-mount-'))
  try {
    mount(folder)
    unmount(folder)
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const postgres = need('postgres')
const skip = 'NOT TESTED: no file system can be mounted here; run it as root, in a container with CAP_SYS_ADMIN'
const options = postgres.skip === false && !canMount() ? { skip } : postgres

/** What a drill says whose scratch data lie on a disk of that size; nothing may be left on it. */
async function drillOn(size: string, dump: string): Promise<{ record: DrillRecord; disk: string }> {
  const disk = await mkdtemp(join(tmpdir(), 'gatekit-full-'))
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-growing-'))
  const { TMPDIR } = process.env
  mount(disk, size)
  try {
    await chmod(disk, 0o711)
    process.env.TMPDIR = disk
    const backup = join(dir, 'backup.sql')
    await writeFile(backup, dump)
    const record = await drillBackup(dir, { backup, engine: 'local' })
    assert.deepEqual(
      readdirSync(disk).flatMap((each) => readdirSync(join(disk, each))),
      [],
    )
    return { record, disk }
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
    unmount(disk)
    for (const folder of [disk, dir]) await rm(folder, { recursive: true, force: true })
  }
}

test('a disk that is too small for the restore is told before any server starts', options, async () => {
  const { record, disk } = await drillOn('90m', smallDump)
  const state = join(disk, `gatekit-drill-${process.getuid?.()}`)
  assert.deepEqual([record.exitCode, record.code, record.object], [3, 'NO_SPACE', state])
  assert.equal(record.phases.at(-1)?.name, 'evidence')
  assert.ok(!record.phases.some(({ name }) => name === 'provision'))
})

/** A little file whose restore is large: the space that is missing is met in the middle. */
const growing = smallDump.replace(
  '--\n-- PostgreSQL database dump complete',
  `INSERT INTO public.cards (id, name)
  SELECT n, (SELECT string_agg(md5(n::text || k), '') FROM generate_series(1, 40) k) FROM generate_series(1000, 200000) n;

$&`,
)

test(
  'a disk that is full in the middle of a restore is no verdict on the backup, and nothing is left on it',
  options,
  async () => {
    const { record } = await drillOn('170m', growing)
    assert.deepEqual([record.exitCode, record.code, record.object], [3, 'NO_SPACE', 'public.cards'])
    assert.equal(record.stage, 'restore')
  },
)
