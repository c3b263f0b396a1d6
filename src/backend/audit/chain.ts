import { createHash } from 'node:crypto'

export interface AuditRecord {
  seq: number
  id: string
  event: string
  userId: string
  targetId: string
  payload: unknown
  /** ISO time. */
  createdAt: string
  prevHash: string
  hash: string
}

export const firstHash = '0'.repeat(64)

/** Each record's hash covers the one before it: whoever changes or removes one must rewrite all that follow. */
export function hashOf(record: Omit<AuditRecord, 'hash'>): string {
  const { seq, id, event, userId, targetId, payload, createdAt, prevHash } = record
  const line = JSON.stringify([seq, id, event, userId, targetId, payload, createdAt])
  return createHash('sha256').update(`${prevHash}\n${line}`).digest('hex')
}

/** The first record that is not what was written, if there is one. `from` is the hash before the first of them. */
export function firstBroken(records: readonly AuditRecord[], from = firstHash): AuditRecord | undefined {
  let previous = from
  for (const [index, record] of records.entries()) {
    const isNext = index === 0 || record.seq === (records[index - 1] as AuditRecord).seq + 1
    if (!isNext || record.prevHash !== previous || record.hash !== hashOf(record)) return record
    previous = record.hash
  }
  return undefined
}
