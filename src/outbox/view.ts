import type { Disk } from './disk.ts'
import { type Attempt, attemptSchema, entrySchema, entryText, type OutboxEntry } from './entry.ts'
import type { Layout } from './layout.ts'

/** The entry in this text, or undefined when the text is torn or not one of ours. */
export function parseEntry(text: string): OutboxEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** The entry with its state as the log has it. Reads the log's files one attempt at a time, in the order they were written. */
export async function withLog(disk: Disk, layout: Layout, entry: OutboxEntry): Promise<OutboxEntry> {
  const attempts: Attempt[] = []
  for (;;) {
    const attempt = attempts.length + 1
    const sending = parseRecord(await disk.read(layout.sending(entry.id, attempt)))
    if (!sending) break
    const settled = parseRecord(await disk.read(layout.settled(entry.id, attempt)))
    // In the order of the schema, as an entry that was read back has it: the texts of equal views must be equal.
    attempts.push(attemptSchema.parse({ ...sending, ...settled }))
  }
  return { ...entry, state: attempts.at(-1)?.state ?? 'put', attempts }
}

/** Whether the view in the file says what the log says; cheap, so that listing many entries need not read their logs. */
export const isCurrent = (entry: OutboxEntry, steps: readonly string[]): boolean => {
  const seen = entry.attempts.flatMap(({ attempt, state }) =>
    state === 'sending' ? [`${attempt}.sending`] : [`${attempt}.sending`, `${attempt}.settled`],
  )
  return seen.length === steps.length && seen.every((step) => steps.includes(step))
}

/** Replaces the entry's file by one that says what the log says, again if the log grew meanwhile; never by a part of one. */
export async function refresh(disk: Disk, layout: Layout, entry: OutboxEntry, temp: string): Promise<OutboxEntry> {
  let written: OutboxEntry
  let current = await withLog(disk, layout, entry)
  do {
    written = current
    try {
      await disk.write(temp, entryText(written))
      await disk.rename(temp, layout.entry(entry.id))
    } finally {
      await disk.remove(temp)
    }
    current = await withLog(disk, layout, entry)
  } while (entryText(current) !== entryText(written))
  return current
}

function parseRecord(text: string | undefined): Partial<Attempt> | undefined {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as Partial<Attempt>
  } catch {
    return {}
  }
}
