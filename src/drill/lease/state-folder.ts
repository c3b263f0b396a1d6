import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { refusal } from '../../kernel/errors.ts'

/**
 * Where leases and scratch data of this user lie. Servers that run as another account must be able to pass through it, but not to look
 * into it. A folder that someone else put there under our name is not used.
 */
export async function stateFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0
  const path = join(await realpath(tmpdir()), `gatekit-drill-${uid}`)
  await mkdir(path, { mode: 0o711 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const info = await lstat(path)
  if (!info.isDirectory() || (process.getuid && info.uid !== uid))
    throw refusal(`${path} is not a folder of ours`, 'somebody else made it: remove it, or set TMPDIR')
  await chmod(path, 0o711)
  return path
}

/** Drills of one project exclude each other: they write the same evidence. */
export async function leaseName(rootDir: string): Promise<string> {
  const root = await realpath(rootDir)
  return `${createHash('sha256').update(root).digest('hex').slice(0, 16)}.lease`
}
