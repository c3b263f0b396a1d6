import { basename } from 'node:path'
import type { Disk } from './disk.ts'
import { type FirstEntry, firstSchema, type OutboxEntry, type State } from './entry.ts'
import type { Ground } from './ground.ts'
import { type Layout, parseLogName } from './layout.ts'
import { isCurrent, parseEntry, withLog } from './view.ts'

/** What can be read without opening an outbox for writing. */
export type Reading = Pick<Ground, 'disk' | 'layout'>

export interface Filter {
  key?: string
  to?: string
  template?: string
  cause?: string
  state?: State
}

/** A file of the folder that is not an entry of ours: the first users' own, or something broken. */
export interface OtherFile {
  name: string
  /** Set when it has the first users' seven fields. */
  first?: FirstEntry
}

export interface Folder {
  /** Oldest first, each with the state the log gives it. */
  entries: OutboxEntry[]
  /** Name of the file each entry was read from, in the same order. */
  names: string[]
  others: OtherFile[]
}

const batchSize = 64

/** Every message file of the folder. Files that appear or vanish meanwhile are there or not; nothing is ever seen in part. */
export async function readFolder({ disk, layout }: Reading): Promise<Folder> {
  const names = (await disk.names(layout.root)).filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort()
  const steps = await readSteps(disk, layout)
  const folder: Folder = { entries: [], names: [], others: [] }
  for (let start = 0; start < names.length; start += batchSize) {
    const batch = names.slice(start, start + batchSize)
    const texts = await Promise.all(batch.map((name) => disk.read(`${layout.root}/${name}`)))
    for (const [index, text] of texts.entries()) {
      if (text !== undefined) await sortIn(folder, batch[index] as string, text)
    }
  }
  return folder

  async function sortIn({ entries, names, others }: Folder, name: string, text: string): Promise<void> {
    const entry = parseEntry(text)
    if (!entry) {
      others.push({ name, ...parseFirst(text) })
      return
    }
    entries.push(isCurrent(entry, steps.get(entry.id) ?? []) ? entry : await withLog(disk, layout, entry))
    names.push(name)
  }
}

/** The steps the log has of each entry, such as `1.sending`, from file names alone. */
export async function readSteps(disk: Disk, layout: Layout): Promise<Map<string, string[]>> {
  const steps = new Map<string, string[]>()
  for (const name of await disk.names(layout.log)) {
    const parsed = parseLogName(name)
    if (!parsed) continue
    steps.set(parsed.id, [...(steps.get(parsed.id) ?? []), `${parsed.attempt}.${parsed.step}`])
  }
  return steps
}

/** Entries in the order they were put; `filter` fields that are given must all be equal. */
export async function listEntries(reading: Reading, filter: Filter = {}): Promise<OutboxEntry[]> {
  const { entries } = await readFolder(reading)
  const wanted = Object.entries(filter).filter(([, value]) => value !== undefined)
  return entries.filter((entry) => wanted.every(([name, value]) => entry[name as keyof Filter] === value))
}

/** The entry with this id, file name or path of a file in this folder; undefined when there is none. */
export async function getEntry({ disk, layout }: Reading, id: string): Promise<OutboxEntry | undefined> {
  const text = await disk.read(layout.entry(basename(id).replace(/\.json$/, '')))
  const entry = text === undefined ? undefined : parseEntry(text)
  return entry && withLog(disk, layout, entry)
}

function parseFirst(text: string): { first?: FirstEntry } {
  try {
    const { data } = firstSchema.safeParse(JSON.parse(text))
    return data ? { first: data } : {}
  } catch {
    return {}
  }
}
