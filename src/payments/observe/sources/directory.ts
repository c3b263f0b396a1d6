import { statSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fillRecord } from '../../contract/template.ts'
import { hasFields } from '../select.ts'
import type { ReadableSource } from './source.ts'

interface Known {
  stamp: string
  value: unknown
  text: string
}

/** Longer files are no mails. */
const longestFile = 4 * 1024 * 1024

/**
 * The `*.json` files of a folder whose top-level fields match, in the order of their names. A folder that is not there is empty. A file
 * is read again only when it has changed.
 */
export function directorySource(dir: string, match: Record<string, string>): ReadableSource {
  const known = new Map<string, Known>()

  async function load(name: string): Promise<Known> {
    const path = join(dir, name)
    // A thousand files are looked at for every reading: asked one by one through the thread pool that takes ten times as long.
    const { mtimeMs, size, ino } = statSync(path)
    const stamp = `${mtimeMs}/${size}/${ino}`
    const before = known.get(name)
    if (before?.stamp === stamp) return before
    if (size > longestFile) throw new Error(`${name} has ${size} bytes`)
    const text = await readFile(path, 'utf8')
    try {
      const now = { stamp, value: JSON.parse(text) as unknown, text }
      known.set(name, now)
      return now
    } catch {
      throw new Error(`${name} is not whole JSON`)
    }
  }

  return {
    async read(fillings) {
      const names = await readdir(dir).catch((error: NodeJS.ErrnoException): string[] => {
        if (error.code === 'ENOENT') return []
        throw new Error(`${dir} cannot be read (${error.code})`)
      })
      const files: Known[] = []
      for (const name of names.filter((each) => each.endsWith('.json')).sort()) {
        const file = await load(name).catch((error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return undefined
          throw error
        })
        if (file) files.push(file)
      }
      for (const name of known.keys()) if (!names.includes(name)) known.delete(name)
      const wanted = fillRecord(match, fillings)
      const matching = files.filter(({ value }) => hasFields(value, wanted))
      return { document: matching.map(({ value }) => value), body: matching.map(({ text }) => text).join('\n') }
    },
  }
}
