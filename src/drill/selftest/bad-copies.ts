import { cp, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { BackupReading, OpenOptions, RestoreItem } from '../reading/define.ts'
import { openStatements } from '../reading/open-statements.ts'
import type { AnyMutation, ContentMutation } from './define.ts'
import { renderPlain } from './render.ts'

/** A good backup, its plain rendering, and where bad copies of them go. */
export interface Original {
  reading: BackupReading
  /** Name of the stored backup: budgets read times out of it, so copies have it too. */
  name: string
  mtime: Date
  /** The backup as a plain dump; absent where it is none of one PostgreSQL database. */
  rendering?: string
  open: OpenOptions
}

/** Bytes of a file that are held in memory to make a bad copy of it. */
export const maxCopyBytes = 512 * 2 ** 20

export const isRenderable = ({ engine, format, tool }: BackupReading): boolean =>
  engine === 'postgres' && /^(plain|custom|directory|tar)$/.test(format) && tool !== 'pg_dumpall'

/** Writes the plain rendering of a backup. */
export async function writeRendering(original: Original, dir: string): Promise<string> {
  await mkdir(dir, { recursive: true })
  const path = join(dir, original.name)
  await renderPlain(path, original.reading, openStatements(original.reading, original.open))
  await utimes(path, original.mtime, original.mtime)
  return path
}

/** Makes one bad copy in `dir`; undefined when the mutation changes nothing of this backup. */
export async function makeBadCopy(original: Original, mutation: AnyMutation, dir: string): Promise<string | undefined> {
  await mkdir(dir, { recursive: true })
  const path = join(dir, original.name)
  const from = mutation.kind === 'bytes' && original.rendering ? original.rendering : original.reading.path
  if (mutation.kind === 'content') {
    if (!(await writeContent(original, mutation, path))) return undefined
  } else if (mutation.kind === 'time') {
    await cp(from, path, { recursive: true })
  } else {
    const good = await readFile(from)
    const bad = await mutation.change(good)
    if (bad.equals(good)) return undefined
    await writeFile(path, bad, { mode: 0o600 })
  }
  const mtime = mutation.kind === 'time' ? new Date(original.mtime.getTime() - mutation.ageMs) : original.mtime
  await utimes(path, mtime, mtime)
  return path
}

async function writeContent(original: Original, mutation: ContentMutation, path: string): Promise<boolean> {
  let changed = false
  async function* items(): AsyncGenerator<RestoreItem> {
    for await (const item of openStatements(original.reading, original.open)) {
      const made = mutation.change(item)
      changed ||= !Array.isArray(made) || made.length !== 1 || made[0] !== item
      yield* made
    }
  }
  await renderPlain(path, original.reading, items())
  return changed
}

export async function originalOf(reading: BackupReading, open: OpenOptions): Promise<Original> {
  return { reading, open, name: plainName(basename(reading.path)), mtime: (await stat(reading.path)).mtime }
}

/** Endings lie, and nobody reads them here; but a folder's copy is a file. */
const plainName = (name: string): string => name || 'backup.sql'
