import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { SelectedBackup } from './define.ts'

type Promised = NonNullable<SelectedBackup['promised']>
type Algorithm = Promised['algorithm']

const endings: readonly [string, Algorithm][] = [
  ['.sha256', 'sha256'],
  ['.sha256sum', 'sha256'],
  ['.sha512', 'sha512'],
  ['.md5', 'md5'],
  ['.sha1', 'sha1'],
]
const lists: readonly [string, Algorithm][] = [
  ['SHA256SUMS', 'sha256'],
  ['SHA512SUMS', 'sha512'],
  ['MD5SUMS', 'md5'],
]
const lengths: Record<Algorithm, number> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 }

/** What a checksum file beside a backup says of it; `otherFile` when it names another file and not this one. */
export type Sidecar =
  | { kind: 'none' }
  | { kind: 'promised'; promised: Promised }
  | { kind: 'wrong'; sidecar: string; why: string }

/** Looks for `FILE.sha256` and the like, then for SHA256SUMS in the folder. */
export async function readSidecar(path: string): Promise<Sidecar> {
  const name = basename(path)
  for (const [ending, algorithm] of endings) {
    const text = await textOf(path + ending)
    if (text !== undefined) return judge(text, name, algorithm, basename(path + ending), true)
  }
  for (const [list, algorithm] of lists) {
    const text = await textOf(join(dirname(path), list))
    if (text === undefined) continue
    const found = judge(text, name, algorithm, list, false)
    if (found.kind !== 'none') return found
  }
  return { kind: 'none' }
}

/** Lines `digest  name`, `digest *name`, `ALGORITHM (name) = digest`, or the digest alone. */
function judge(text: string, name: string, algorithm: Algorithm, sidecar: string, isOwn: boolean): Sidecar {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const read = lines.map((line) => lineOf(line, algorithm))
  const own = read.find(
    (each) => each !== undefined && (each.name === undefined ? isOwn : basename(each.name) === name),
  )
  if (own) return { kind: 'promised', promised: { algorithm, digest: own.digest, sidecar } }
  if (!isOwn) return { kind: 'none' }
  const other = read.find((each) => each?.name !== undefined)
  return {
    kind: 'wrong',
    sidecar,
    why: other ? `it is for ${basename(other.name as string)}` : `there is no ${algorithm} in it`,
  }
}

function lineOf(line: string, algorithm: Algorithm): { digest: string; name: string | undefined } | undefined {
  const tagged = /^\w[\w-]* \((.+)\) = ([0-9a-f]+)$/i.exec(line.trim())
  const plain = /^\\?([0-9a-f]+)(?:\s+\*?(.+))?$/i.exec(line.trim())
  const digest = (tagged?.[2] ?? plain?.[1])?.toLowerCase()
  return digest?.length === lengths[algorithm] ? { digest, name: tagged?.[1] ?? plain?.[2] } : undefined
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).slice(0, 2 ** 20)
  } catch {
    return undefined
  }
}
