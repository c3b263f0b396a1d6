import { faultsMissing, faultsOf } from '../explore/faults.ts'
import type { Buyer, Rig } from '../rig/define.ts'
import { green, type Outcome } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Several things are put off at once, then all is well again and more comes in: that is when what was put off must be taken up. */
export const b15 = defineProbe({
  id: 'B15',
  title: 'work that was put off is never done',
  rule: 'What was acknowledged to be done later is done when the trouble is over, with nobody asking again.',
  source: [
    {
      text: 'Stripe, Quickly return a 2xx response',
      url: 'https://docs.stripe.com/webhooks#quickly-return-a-2xx-response',
    },
    { text: 'flexprice: RetryFailedBatches set a status and did no more' },
  ],
  guard:
    'Only events that were answered 2xx during the trouble; twice settle_ms are given, and other events come in between.',
  example: 'A failed job is marked "retrying", and nothing ever looks for that mark.',
  company: 'alone',
  needs: faultsMissing,
  async run(rig) {
    let putOff = 0
    for (const provider of rig.providers)
      for (const fault of faultsOf(rig.contract)) {
        const { buyers, outcome } = await putOffWork(rig.fork(), provider, fault)
        if (outcome) return outcome
        putOff += buyers
      }
    return green(putOff === 0 ? 'nothing is put off: what cannot be done now is refused' : 'what was put off was done')
  },
})

async function putOffWork(
  rig: Rig,
  provider: 'stripe' | 'paypal',
  fault: ReturnType<typeof faultsOf>[number],
): Promise<{ buyers: number; outcome?: Outcome }> {
  const waiting: Buyer[] = []
  const owner = rig.payment({ provider })
  await rig.deliver(owner, 'cap')
  await rig.settle(owner)
  for (let count = 0; count < 2; count++) {
    const buyer = rig.payment({ provider })
    const { acknowledged } = await rig.deliver(buyer, 'cap', { fault, attempts: 1 })
    if (acknowledged) waiting.push(buyer)
  }
  const { acknowledged } = await rig.deliver(owner, 'full', { fault, attempts: 1 })
  if (acknowledged) waiting.push(owner)
  if (waiting.length === 0) return { buyers: 0 }
  const later = rig.payment({ provider })
  await rig.deliver(later, 'cap')
  await rig.settle(later)
  for (const buyer of waiting) {
    // The first wait may have ended just before a worker came round.
    const { reached } = await rig.settle(buyer)
    if (reached) continue
    const outcome = await rig.judge(buyer, `what was acknowledged during ${fault} was never done`)
    if (outcome) return { buyers: waiting.length, outcome: { ...outcome, timeline: [...rig.timeline] } }
  }
  return { buyers: waiting.length }
}
