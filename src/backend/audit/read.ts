import type { Queryable } from '../db/database.ts'
import { type AuditRecord, firstBroken, firstHash } from './chain.ts'

export interface AuditQuery {
  target?: string | undefined
  user?: string | undefined
  /** Records after this number. */
  after: number
  limit: number
}

/** Oldest first, so that what was read once stays where it was. */
export async function readAudit(
  database: Queryable,
  { target, user, after, limit }: AuditQuery,
): Promise<AuditRecord[]> {
  const found = await database.query(
    `select seq::text as seq, id, event, user_id, target_id, payload::text as payload, created_at, prev_hash, hash
     from audit_logs
     where seq > $1 and ($2::text is null or target_id = $2) and ($3::text is null or user_id = $3)
     order by audit_logs.seq limit $4`,
    [after, target ?? null, user ?? null, limit],
  )
  return found.rows.map(recordOf)
}

const recordOf = (row: Record<string, unknown>): AuditRecord => ({
  seq: Number(row.seq),
  id: String(row.id),
  event: String(row.event),
  userId: String(row.user_id),
  targetId: String(row.target_id),
  payload: JSON.parse(String(row.payload)),
  createdAt: new Date(row.created_at as string).toISOString(),
  prevHash: String(row.prev_hash),
  hash: String(row.hash),
})

export interface AuditVerdict {
  ok: boolean
  records: number
  /** Hash of the newest record: kept elsewhere, it proves later that nothing before it was changed. */
  head: string
  /** Number of the first record that is not what was written. */
  brokenAt?: number
}

/** Recomputes the whole chain, page by page. */
export async function verifyAudit(database: Queryable): Promise<AuditVerdict> {
  let head = firstHash
  let seq = 0
  for (;;) {
    const page = await readAudit(database, { after: seq, limit: 1000 })
    const broken = page[0] && page[0].seq !== seq + 1 ? page[0] : firstBroken(page, head)
    if (broken) return { ok: false, records: seq, head, brokenAt: broken.seq }
    const last = page.at(-1)
    if (!last) break
    head = last.hash
    seq = last.seq
  }
  const kept = await database.query('select seq::text as seq, hash from audit_head')
  const isWhole = Number(kept.rows[0]?.seq) === seq && kept.rows[0]?.hash === head
  return { ok: isWhole, records: seq, head, ...(!isWhole && { brokenAt: seq + 1 }) }
}
