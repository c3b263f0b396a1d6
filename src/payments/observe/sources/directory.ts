import { type BigIntStats, statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fillRecord } from '../../contract/template.ts'
import { hasFields, textsOf } from '../select.ts'
import type { ReadableSource } from './source.ts'

interface Known {
  name: string
  stamp: string
  value: unknown
  text: string
  /** What the first field of `match` holds: by it files are found. */
  keys: string[]
}

/** Longer files are no mails. */
const longestFile = 4 * 1024 * 1024

/** A folder's time of change moves in steps: within one of them it may change again without showing it. In ms, fine and coarse clocks. */
const steps = { fine: 20, coarse: 2_000 }

/** So many files that nobody asked for are looked at again with every reading. */
const sweep = 20

/**
 * The `*.json` files of a folder whose top-level fields match, in the order of their names. A folder that is not there is empty. There
 * may be thousands, and readings are many: the folder is listed again only when it has changed, a file is read again only when it has.
 */
export function directorySource(dir: string, match: Record<string, string>): ReadableSource {
  const known = new Map<string, Known>()
  const byKey = new Map<string, Set<Known>>()
  const [field] = Object.keys(match)
  let listed: string | undefined
  let swept: Iterator<Known> = known.values()

  function forget(file: Known): void {
    known.delete(file.name)
    for (const key of file.keys) byKey.get(key)?.delete(file)
  }

  /** False, and the file is forgotten, when it is not as it was. */
  function isCurrent(file: Known): boolean {
    const now = statSync(join(dir, file.name), { throwIfNoEntry: false, bigint: true })
    if (now && stampOf(now) === file.stamp) return true
    forget(file)
    listed = undefined
    return false
  }

  /** A file that has gone in the meantime is no file. */
  async function load(name: string): Promise<void> {
    const path = join(dir, name)
    const seen = statSync(path, { throwIfNoEntry: false, bigint: true })
    if (!seen) return
    if (seen.size > longestFile) throw new Error(`${name} has ${seen.size} bytes`)
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return
    const value = parsed(name, text)
    const before = known.get(name)
    if (before) forget(before)
    const file = { name, stamp: stampOf(seen), value, text, keys: field === undefined ? [] : textsOf(value, field) }
    known.set(name, file)
    for (const key of file.keys) byKey.set(key, (byKey.get(key) ?? new Set()).add(file))
  }

  async function list(): Promise<void> {
    const folder = statSync(dir, { throwIfNoEntry: false, bigint: true })
    const stamp = folder && settledStampOf(folder)
    if (stamp !== undefined && stamp === listed) return
    const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] => {
      if (error.code === 'ENOENT') return []
      throw new Error(`${dir} cannot be read (${error.code})`)
    })
    const mails = names.filter((name) => name.endsWith('.json'))
    for (const name of mails) if (!known.has(name)) await load(name)
    const present = new Set(mails)
    if (known.size > present.size) for (const file of [...known.values()]) if (!present.has(file.name)) isCurrent(file)
    listed = stamp
  }

  function lookAgain(): void {
    for (let count = 0; count < Math.min(sweep, known.size); count++) {
      const next = swept.next()
      if (next.done) swept = known.values()
      else isCurrent(next.value)
    }
  }

  return {
    async read(fillings) {
      lookAgain()
      const wanted = fillRecord(match, fillings)
      const candidates = (): Iterable<Known> =>
        field === undefined ? known.values() : (byKey.get(wanted[field]!) ?? [])
      for (const file of [...candidates()]) isCurrent(file)
      await list()
      const matching = [...candidates()]
        .filter(({ value }) => hasFields(value, wanted))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
      return { document: matching.map(({ value }) => value), body: matching.map(({ text }) => text).join('\n') }
    },
  }
}

const stampOf = ({ mtimeNs, size, ino }: BigIntStats): string => `${mtimeNs}/${size}/${ino}`

/** Undefined as long as the folder might change once more without another stamp. */
function settledStampOf(folder: BigIntStats): string | undefined {
  const step = folder.mtimeNs % 1_000_000n === 0n ? steps.coarse : steps.fine
  return Date.now() - Number(folder.mtimeMs) > step ? stampOf(folder) : undefined
}

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${name} is not whole JSON`)
  }
}
