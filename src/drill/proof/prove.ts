import type { Database, Scratch } from '../engines/define.ts'
import type { Finding } from '../findings.ts'
import type { TableProof } from '../record.ts'
import { proveContent } from './content.ts'
import type { Inventory } from './inventory.ts'
import { compareLargeObjects } from './large-objects.ts'
import { readInventory } from './read-inventory.ts'
import type { ProofRequest } from './request.ts'
import { compareSequences } from './sequences.ts'
import { prepareStream } from './stream.ts'

/** What the restored database is, and how it compares with the file it came from. */
export interface Proven {
  inventory: Inventory
  tables: TableProof[]
  findings: Finding[]
}

/** Reading a table keeps one core of the server busy and half of one here; a third session brings nothing. */
const mostSessions = 2

/** Proves that what is in the file is what is in the database. Reads as the engine's superuser; nothing of the backup's is run. */
export async function prove(request: ProofRequest): Promise<Proven> {
  const sessions = await openSessions(request.scratch)
  try {
    const [first, second] = sessions as [Database, Database?]
    const inventory = await readInventory(first, second)
    const content = await proveContent(request, inventory, sessions)
    const sequences = compareSequences(inventory, request.file)
    const largeObjects = await compareLargeObjects(first, request)
    return { inventory, tables: content.tables, findings: [...content.findings, ...sequences, ...largeObjects] }
  } finally {
    await Promise.all(sessions.map((each) => each.close()))
  }
}

async function openSessions(scratch: Scratch): Promise<Database[]> {
  const opened = await Promise.allSettled(
    Array.from({ length: Math.min(mostSessions, scratch.sessions) }, () => scratch.superuser()),
  )
  const sessions = opened.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  try {
    for (const each of opened) if (each.status === 'rejected') throw each.reason
    await Promise.all(sessions.map(prepareStream))
    return sessions
  } catch (error) {
    await Promise.all(sessions.map((each) => each.close()))
    throw error
  }
}
