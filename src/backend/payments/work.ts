import type { AuditEntry } from '../audit/append.ts'
import type { Queryable } from '../db/database.ts'
import type { Parts } from '../parts.ts'
import type { Backend } from '../settings.ts'
import type { Incoming } from './facts.ts'

/** One event being worked through: everything it changes, in one transaction. */
export interface Work {
  tx: Queryable
  backend: Backend
  parts: Parts
  incoming: Incoming
  /** ISO time. */
  at: string
  /** Told to the audit log when all else is done. */
  audit(entry: AuditEntry): void
}

/** What is answered about an event; `result` is that of the goods. */
export interface Answer {
  status: 'captured' | 'refunded' | 'failed' | 'pending' | 'updated' | 'ignored'
  payment_id?: string
  user_id?: string
  pack_type?: string
  refund_amount?: number
  reason?: string
  result?: Record<string, unknown>
}
