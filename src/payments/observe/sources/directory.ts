import { type Stats, statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fillRecord } from '../../contract/template.ts'
import { hasFields } from '../select.ts'
import type { ReadableSource } from './source.ts'

interface Known {
  stamp: string
  mtimeMs: number
  value: unknown
  text: string
}

/** Longer files are no mails. */
const longestFile = 4 * 1024 * 1024

/** A file that has lain there for so long is looked at again only now and then: there may be thousands, and readings are many. */
const restingMs = 5_000
const sweepMs = 250

/**
 * The `*.json` files of a folder whose top-level fields match, in the order of their names. A folder that is not there is empty. A file
 * is read again only when it has changed.
 */
export function directorySource(dir: string, match: Record<string, string>): ReadableSource {
  const known = new Map<string, Known>()
  let sweptAt = Number.NEGATIVE_INFINITY

  /** What is known of a file, as long as that is still so. */
  function current(name: string, isSweep: boolean): Known | undefined {
    const before = known.get(name)
    if (!before || (!isSweep && Date.now() - before.mtimeMs > restingMs)) return before
    // Asked one by one through the thread pool, a thousand files take ten times as long.
    const now = statSync(join(dir, name), { throwIfNoEntry: false })
    return now && stampOf(now) === before.stamp ? before : undefined
  }

  /** Undefined for a file that has gone in the meantime. */
  async function load(name: string): Promise<Known | undefined> {
    const path = join(dir, name)
    const seen = statSync(path, { throwIfNoEntry: false })
    if (!seen) return undefined
    if (seen.size > longestFile) throw new Error(`${name} has ${seen.size} bytes`)
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return undefined
    const file = { stamp: stampOf(seen), mtimeMs: seen.mtimeMs, value: parsed(name, text), text }
    known.set(name, file)
    return file
  }

  return {
    async read(fillings) {
      const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] => {
        if (error.code === 'ENOENT') return []
        throw new Error(`${dir} cannot be read (${error.code})`)
      })
      const isSweep = performance.now() - sweptAt > sweepMs
      if (isSweep) sweptAt = performance.now()
      const files: Known[] = []
      for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
        const file = current(name, isSweep) ?? (await load(name))
        if (file) files.push(file)
      }
      const present = new Set(names)
      for (const name of known.keys()) if (!present.has(name)) known.delete(name)
      const wanted = fillRecord(match, fillings)
      const matching = files.filter(({ value }) => hasFields(value, wanted))
      return { document: matching.map(({ value }) => value), body: matching.map(({ text }) => text).join('\n') }
    },
  }
}

const stampOf = ({ mtimeMs, size, ino }: Stats): string => `${mtimeMs}/${size}/${ino}`

function parsed(name: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${name} is not whole JSON`)
  }
}
