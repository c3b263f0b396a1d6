import { type Waiver, waiverDaysLeft, waiverState } from '../config/waiver.ts'
import type { CheckRecord, WaiverNote } from '../kernel/record.ts'

/** A check that looked at nothing has found nothing that could be accepted, so NO_DATA cannot be waived. */
const waivable = ['FAIL', 'ERROR', 'STALE']

/**
 * Lays a waiver over the result of its check. A valid one turns FAIL, ERROR and STALE into WAIVED; an expired one covers nothing
 * and is itself what is stale; the status found is kept in `was`. The check has run either way.
 */
export function waive(record: CheckRecord, waiver: Waiver | undefined, now: number): CheckRecord {
  if (!waiver || !waivable.includes(record.status)) return record
  const state = waiverState(waiver, now)
  const found = `${record.status}${record.reason ? `: ${record.reason}` : ''}`
  if (state === 'future') {
    return { ...record, reason: `${record.reason ?? record.status} (waiver ${waiver.ticket} begins ${waiver.created})` }
  }
  const note = noteOf(waiver, now)
  if (state === 'expired') {
    const reason = `waiver ${waiver.ticket} expired on ${waiver.expires}; without it ${found}`
    return { ...record, status: 'STALE', was: record.status, waiver: note, reason }
  }
  return { ...record, status: 'WAIVED', was: record.status, waiver: note, reason: `${waiver.reason} (${found})` }
}

function noteOf(waiver: Waiver, now: number): WaiverNote {
  const { reason, ticket, approvedBy, expires } = waiver
  return { reason, ticket, approvedBy, expires, daysLeft: waiverDaysLeft(waiver, now) }
}
