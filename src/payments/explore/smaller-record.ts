import type { History } from '../history/define.ts'
import type { Rig } from '../rig/define.ts'
import type { Outcome } from '../verdict.ts'
import { explain } from './prove.ts'
import { deliveriesOf, historyOf } from './shrink.ts'

/** Nothing of use can be left out of so few. */
const fewDeliveries = 2

/**
 * What a probe did with many buyers one after the other, made as small as it goes: only the one whose end was wrong, and of their events
 * only what it needs. The record as it is, where the smaller one does not show the same on its own.
 */
export async function smallerRecord(rig: Rig, outcome: Outcome, record: History): Promise<Outcome> {
  const whole = { ...outcome, history: record }
  const { verdict, reason, failure } = outcome
  if (verdict !== 'RED' || !failure || deliveriesOf(record) <= fewDeliveries) return whole
  const alone = historyOf(failure.subject, record)
  const missed = { ...failure, want: outcome.want ?? '', got: outcome.got ?? '', harm: outcome.harm ?? '' }
  for (const history of Object.keys(record.subjects).length > 1 ? [alone, record] : [record]) {
    const played = { failures: [], timeline: [] }
    const small = await explain(rig, history, played, missed, { reason, confirmations: 1 })
    if (small.verdict !== 'RED' || !small.reproduced?.times) continue
    const { reproduced: _, ...shown } = small
    return { ...outcome, ...shown, ...(outcome.harm !== undefined && { harm: outcome.harm }) }
  }
  return whole
}
