import type { History } from '../history/define.ts'
import type { Attempt, Failure, Rig } from '../rig/define.ts'
import { Unmeasurable } from '../rig/stand.ts'
import type { Outcome } from '../verdict.ts'
import { red } from '../verdict.ts'
import { faultsOf } from './faults.ts'
import { onePayment } from './histories.ts'

export interface FaultyOptions {
  reason: string
  /** Which answers to the attempt under the fault are of interest. */
  first(attempt: Attempt): boolean
  kinds(failure: Pick<Failure, 'kind'>): boolean
}

/**
 * The only delivery of a capture meets a fault; then all is well again and the provider retries unless it was told 2xx. RED when the end
 * is not what was bought.
 */
export async function underFaults(rig: Rig, { reason, first, kinds }: FaultyOptions): Promise<Outcome | undefined> {
  const faults = faultsOf(rig.contract)
  const tries = rig.providers.flatMap((provider) => faults.map((fault) => ({ provider, fault })))
  for (const { provider, fault } of tries) {
    const fork = rig.fork()
    const buyer = fork.payment({ provider })
    const delivery = await fork.deliver(buyer, 'cap', { fault })
    if (!first(delivery.attempts[0]!)) continue
    const { reached, observation } = await fork.settle(buyer)
    if (reached) continue
    const outcome = await fork.judge(buyer, reason)
    if (observation.trouble.length > 0) throw new Unmeasurable(observation.trouble[0]!.reason)
    const failure = fork.failuresOf(buyer, observation).find(kinds)
    if (!outcome || !failure) continue
    const { subjects } = onePayment(provider, [])
    const history: History = { subjects, steps: [{ do: 'deliver', subject: 'p1', event: 'cap', fault }] }
    const { want, got, harm } = failure
    return red(`${reason} (${fault})`, { want, got, harm, history, timeline: [...fork.timeline] })
  }
  return undefined
}
