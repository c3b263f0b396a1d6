import { pause } from '../deliver/pause.ts'
import type { ProbeReport } from '../report/define.ts'
import { differencesOf } from '../rig/judge.ts'
import type { Stand } from '../rig/stand.ts'
import { red } from '../verdict.ts'

const mostLooks = 400
const beside = 8

/**
 * Looks once more at everybody who was as wanted: what an asynchronous backend does later than the probes waited is found here, after
 * all of `settle_ms`, without each of them waiting so long.
 */
export async function lookLate(stand: Stand, reports: ProbeReport[]): Promise<void> {
  const { lateLooks, contract, learnt, observer, signal } = stand
  const waitMs = stand.smoke ? Math.max(300, 4 * learnt.lagMs) : contract.policy.settleMs
  const latest = Math.max(...[...lateLooks.values()].map(({ at }) => at))
  const waited = pause(Math.max(0, latest + Math.min(waitMs, contract.policy.settleMs) - performance.now()))
  if (stand.environment !== 'usual' && !signal.aborted) await stand.target.restart({ env: {} })
  stand.environment = 'usual'
  await waited
  const looks = [...lateLooks].slice(-mostLooks).values()
  const look = async () => {
    for (const [story, { probe, want }] of looks) {
      const index = reports.findIndex(({ id, verdict }) => id === probe && verdict === 'GREEN')
      const report = reports[index]
      if (!report || signal.aborted) continue
      const { user, email, payment, tenant } = story
      const observation = await observer.observe(
        { user, email, payment, ...(tenant && { tenant }) },
        { parts: ['grants', 'payment', 'mails'], signal },
      )
      const [first] = observation.trouble.length > 0 ? [] : differencesOf(want, observation)
      if (!first) continue
      const { want: wanted, got, harm } = first
      reports[index] = { ...report, ...red('an effect came late that must not be', { want: wanted, got, harm }) }
    }
  }
  await Promise.all(Array.from({ length: beside }, look))
}
