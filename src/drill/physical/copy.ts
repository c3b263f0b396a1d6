import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { chown, cp, lstat, mkdir, readdir, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Account } from '../cluster/account.ts'
import { stop } from '../findings.ts'

/** Of a running or standby server, or settings of the source: nothing of these may count in the copy. */
const foreign = [
  ...['postmaster.pid', 'postmaster.opts', 'standby.signal', 'recovery.signal', 'recovery.conf'],
  // Links are made by us; the server would make them anew from this map, to where the source has them.
  'tablespace_map',
  ...['postgresql.auto.conf', 'postgresql.conf', 'pg_hba.conf', 'pg_ident.conf'],
]

/**
 * Copies a base backup into scratch, where alone a server may write. Links lead to tablespaces and WAL of the source: they are copied as
 * folders, never as links. `account` gets what was copied; `unpacked` is called with the data folder of a tar backup, before it is changed.
 */
export async function copyBackup(
  backup: string,
  dataDir: string,
  account: Account | undefined,
  unpacked: (folder: string) => Promise<void>,
): Promise<void> {
  await mkdir(dataDir, { mode: 0o700 })
  if (await isArchive(backup)) {
    await unpackAll(backup, dataDir)
    await unpacked(dataDir)
  } else await copyFolder(backup, dataDir)
  for (const name of foreign) await rm(join(dataDir, name), { force: true })
  for (const name of ['postgresql.conf', 'postgresql.auto.conf', 'pg_ident.conf'])
    await writeFile(join(dataDir, name), '')
  if (account) await chownTree(dataDir, account)
}

/** Whether a base backup is tar files, as `pg_basebackup -Ft` writes them: what its manifest tells can be checked once they are unpacked. */
export async function isArchive(backup: string): Promise<boolean> {
  const info = await lstat(await realpath(backup))
  const names = info.isDirectory() ? await readdir(backup) : [basename(backup)]
  return names.some((name) => /^base\.tar(?:\.\w+)?$/.test(name))
}

async function copyFolder(from: string, to: string): Promise<void> {
  const spaces = join(from, 'pg_tblspc')
  const links = await readdir(spaces).catch(() => [])
  await cp(from, to, {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
    preserveTimestamps: true,
    filter: (path) => resolve(path) !== resolve(from, 'pg_wal') && resolve(path) !== resolve(spaces),
  })
  await cp(await realpath(join(from, 'pg_wal')), join(to, 'pg_wal'), {
    recursive: true,
    mode: constants.COPYFILE_FICLONE,
  })
  await mkdir(join(to, 'pg_tblspc'), { mode: 0o700 })
  for (const link of links) {
    const target = `${to}-tablespace-${link}`
    const source = await realpath(join(spaces, link)).catch(async () => {
      const wanted = await readlink(join(spaces, link)).catch(() => link)
      throw stop('MEMBER_MISSING', 'provision', `the tablespace ${link} of the backup is not there (${wanted})`, {
        object: wanted,
      })
    })
    await cp(source, target, { recursive: true, mode: constants.COPYFILE_FICLONE })
    await symlink(target, join(to, 'pg_tblspc', link))
  }
}

/** base.tar and pg_wal.tar, compressed or not. Tablespaces are archives of their own, named by their number. */
async function unpackAll(backup: string, dataDir: string): Promise<void> {
  const folder = (await lstat(backup)).isDirectory() ? backup : resolve(backup, '..')
  const names = await readdir(folder)
  const archive = (stem: string) => names.find((name) => new RegExp(`^${stem}\\.tar(?:\\.\\w+)?$`).test(name))
  await unpack(join(folder, archive('base') as string), dataDir)
  if (names.includes('backup_manifest')) await cp(join(folder, 'backup_manifest'), join(dataDir, 'backup_manifest'))
  const wal = archive('pg_wal')
  if (wal) await unpack(join(folder, wal), join(dataDir, 'pg_wal'))
  const spaces = names.flatMap((name) => /^(\d+)\.tar(?:\.\w+)?$/.exec(name)?.[1] ?? [])
  for (const oid of spaces) {
    const target = `${dataDir}-tablespace-${oid}`
    await unpack(join(folder, archive(oid) as string), target)
    await mkdir(join(dataDir, 'pg_tblspc'), { recursive: true, mode: 0o700 })
    await rm(join(dataDir, 'pg_tblspc', oid), { force: true })
    await symlink(target, join(dataDir, 'pg_tblspc', oid))
  }
}

async function unpack(archive: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  try {
    await promisify(execFile)('tar', ['--no-same-owner', '-xf', archive, '-C', to], {
      env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
    })
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    const code = /No space left/.test(stderr)
      ? 'NO_SPACE'
      : /Unexpected EOF|unexpected end/i.test(stderr)
        ? 'TRUNCATED'
        : 'CORRUPT'
    throw stop(code, 'provision', `${basename(archive)} cannot be unpacked: ${stderr.split('\n')[0]}`, {
      object: basename(archive),
    })
  }
}

/** Gives a folder and all in it to the account that the server runs as. */
export async function chownTree(path: string, { uid, gid }: Account): Promise<void> {
  for (const each of [path, ...(await spacesOf(path))]) {
    await chown(each, uid, gid)
    for (const entry of await readdir(each, { recursive: true, withFileTypes: true })) {
      const full = join(entry.parentPath, entry.name)
      if (!entry.isSymbolicLink()) await chown(full, uid, gid)
    }
  }
}

async function spacesOf(dataDir: string): Promise<string[]> {
  const folder = join(dataDir, 'pg_tblspc')
  const links = await readdir(folder).catch(() => [])
  return Promise.all(links.map((link) => realpath(join(folder, link))))
}
