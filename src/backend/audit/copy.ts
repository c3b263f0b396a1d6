import { appendFile, mkdir, open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createTurns } from '../../kernel/turns.ts'
import type { Queryable } from '../db/database.ts'
import { readAudit } from './read.ts'

/** A copy of the audit log outside the database, one JSON line per record: whoever owns the database cannot change both. */
export interface AuditCopy {
  /** Brings the copy up to date; what cannot be written now is written the next time. */
  update(database: Queryable): Promise<void>
}

const name = 'audit.ndjson'
/** Of the end of the copy, where its last record is. */
const tailBytes = 64 * 1024

/** Never creates `dir` again once it was there: a folder that was taken away is a copy that is down. */
export async function openAuditCopy(dir: string): Promise<AuditCopy> {
  await mkdir(dir, { recursive: true })
  const inTurn = createTurns()
  const append = async (database: Queryable): Promise<void> => {
    await stat(dir)
    const after = await lastCopied(join(dir, name))
    const records = await readAudit(database, { after, limit: 1000 })
    if (records.length === 0) return
    await appendFile(join(dir, name), records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  }
  return {
    update: (database) => inTurn(() => append(database)),
  }
}

/** Number of the last whole record in the copy. */
async function lastCopied(path: string): Promise<number> {
  const file = await open(path).catch(() => undefined)
  if (!file) return 0
  try {
    const { size } = await file.stat()
    const start = Math.max(0, size - tailBytes)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start)
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
    const last = lines.findLast((line) => line.startsWith('{') && line.endsWith('}'))
    return last === undefined ? 0 : Number((JSON.parse(last) as { seq: number }).seq)
  } finally {
    await file.close()
  }
}
