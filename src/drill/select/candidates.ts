import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { nameTime } from './name-time.ts'

export interface Candidate {
  name: string
  path: string
  realPath: string
  kind: 'file' | 'folder'
  isLink: boolean
  bytes: number
  mtime: Date
  nameTime?: Date
}

export interface Listed {
  candidates: Candidate[]
  /** Names that say that they are still being written. */
  unfinished: string[]
  /** Links that lead nowhere, and links that lead out of the folder. */
  dangling: string[]
  outside: { name: string; target: string }[]
}

/** Names of what lies beside backups, and of what is not finished. */
const notBackups =
  /(^\.|^(README|SHA256SUMS|SHA512SUMS|MD5SUMS)(\.\w+)?$|\.(sha256|sha512|sha1|md5|sha256sum|sig|asc\.sig|minisig|log|txt|md|json|ya?ml|lock|pid|status|err|html?|sh|conf|cnf)$)/i
const unfinished =
  /(\.(part|partial|tmp|temp|incomplete|inprogress|in-progress|writing|swp|filepart|crdownload|uploading)|~)$/i

/** What may be a backup in `dir`, not below it. A folder counts when it looks like one that pg_dump or pg_basebackup wrote. */
export async function listCandidates(dir: string, pattern: RegExp | undefined): Promise<Listed> {
  const home = await realpath(dir)
  const listed: Listed = { candidates: [], unfinished: [], dangling: [], outside: [] }
  for (const name of (await readdir(dir)).sort()) {
    if (unfinished.test(name)) listed.unfinished.push(name)
    else if (!notBackups.test(name) && (!pattern || pattern.test(name))) await addCandidate(listed, home, dir, name)
  }
  return listed
}

async function addCandidate(listed: Listed, home: string, dir: string, name: string): Promise<void> {
  const path = join(dir, name)
  const { isLink, target } = await follow(path)
  // As a link it leads to a backup; as a file it holds the name of one.
  if (!isLink && /^latest$/i.test(name)) return
  if (target === undefined) {
    listed.dangling.push(name)
    return
  }
  if (isLink && isOutside(home, target)) {
    listed.outside.push({ name, target })
    return
  }
  const candidate = await candidateOf(name, path, target, isLink)
  if (candidate) listed.candidates.push(candidate)
}

/** Where a path leads, links followed; no target when it leads nowhere. */
export async function follow(path: string): Promise<{ isLink: boolean; target: string | undefined }> {
  const isLink = (await lstat(path)).isSymbolicLink()
  try {
    return { isLink, target: await realpath(path) }
  } catch {
    return { isLink, target: undefined }
  }
}

const isOutside = (home: string, target: string): boolean => {
  const from = relative(home, target)
  return from === '..' || from.startsWith(`..${sep}`)
}

export async function candidateOf(
  name: string,
  path: string,
  realPath: string,
  isLink: boolean,
): Promise<Candidate | undefined> {
  const found = await stat(realPath)
  const time = nameTime(isLink ? (realPath.split(sep).at(-1) ?? name) : name)
  const known = { name, path, realPath, isLink, mtime: found.mtime, ...(time && { nameTime: time }) }
  if (found.isFile()) return { ...known, kind: 'file', bytes: found.size }
  return found.isDirectory() && (await isBackupFolder(realPath))
    ? { ...known, kind: 'folder', ...(await contentsOf(realPath)) }
    : undefined
}

async function isBackupFolder(path: string): Promise<boolean> {
  const names = await readdir(path)
  return names.some((name) =>
    /^(toc\.dat|PG_VERSION|backup_manifest|base\.tar(\.\w+)?|.*\.aof\.manifest|\d+\.dat(\.\w+)?)$/.test(name),
  )
}

/** Size of a folder, and the time at which its newest file was written: a copy of a folder gets a new time of its own. */
async function contentsOf(path: string): Promise<{ bytes: number; mtime: Date }> {
  let bytes = 0
  let mtime = new Date(0)
  for (const name of await readdir(path, { recursive: true })) {
    const found = await lstat(join(path, name))
    if (!found.isFile()) continue
    bytes += found.size
    if (found.mtime > mtime) mtime = found.mtime
  }
  return { bytes, mtime }
}
