import { randomUUID } from 'node:crypto'
import type { Queryable } from '../db/database.ts'
import { hashOf } from './chain.ts'

export interface AuditEntry {
  event: string
  /** Whose doing or whose money it is; `system` when nobody's. */
  user?: string | undefined
  /** Payment, subscription, or `webhook` for what was refused before anything of it was believed. */
  target: string
  payload: Record<string, unknown>
}

/**
 * Appends to the chain, in the caller's transaction. It locks the chain's head until that transaction ends, so it is the last thing a
 * transaction does.
 */
export async function appendAudit(tx: Queryable, entries: readonly AuditEntry[], at: string): Promise<void> {
  if (entries.length === 0) return
  const head = await tx.query('select seq::text as seq, hash from audit_head for update')
  let seq = Number(head.rows[0]?.seq)
  let prevHash = String(head.rows[0]?.hash)
  for (const { event, user, target, payload } of entries) {
    const record = {
      seq: ++seq,
      id: randomUUID(),
      event,
      userId: user ?? 'system',
      targetId: target,
      payload: JSON.parse(JSON.stringify(payload)) as unknown,
      createdAt: at,
      prevHash,
    }
    const hash = hashOf(record)
    await tx.query(
      `insert into audit_logs (seq, id, event, user_id, target_id, payload, created_at, prev_hash, hash)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [seq, record.id, event, record.userId, target, JSON.stringify(record.payload), at, prevHash, hash],
    )
    prevHash = hash
  }
  await tx.query('update audit_head set seq = $1, hash = $2', [seq, prevHash])
}
