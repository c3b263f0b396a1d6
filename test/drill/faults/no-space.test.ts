import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { need } from '../../support/need.ts'
import { drillBackup } from './backups.ts'

const small = '170m'

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${small}`, 'tmpfs', folder], { stdio: 'pipe' })
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
const options =
  postgres.skip === false && !canMount() ? { skip: 'no file system can be mounted here: be root' } : postgres

/** A little file whose restore is large: the space that is missing is met in the middle. */
const growing = `--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';

CREATE TABLE public.grown (id integer, words text);

COPY public.grown (id, words) FROM stdin;
1	one
\\.

INSERT INTO public.grown
  SELECT n, (SELECT string_agg(md5(n::text || k), '') FROM generate_series(1, 40) k) FROM generate_series(1, 200000) n;

--
-- PostgreSQL database dump complete
--
`

test(
  'a disk that is full in the middle of a restore is no verdict on the backup, and nothing is left on it',
  options,
  async () => {
    const disk = await mkdtemp(join(tmpdir(), 'gatekit-full-'))
    const dir = await mkdtemp(join(tmpdir(), 'gatekit-growing-'))
    const { TMPDIR } = process.env
    mount(disk)
    try {
      await chmod(disk, 0o711)
      process.env.TMPDIR = disk
      const backup = join(dir, 'grown.sql')
      await writeFile(backup, growing)
      const record = await drillBackup(dir, { backup, engine: 'local' })

      assert.deepEqual([record.exitCode, record.code, record.object], [3, 'NO_SPACE', 'public.grown'])
      assert.deepEqual(
        readdirSync(disk).flatMap((each) => readdirSync(join(disk, each))),
        [],
      )
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR
      else process.env.TMPDIR = TMPDIR
      unmount(disk)
      for (const folder of [disk, dir]) await rm(folder, { recursive: true, force: true })
    }
  },
)
