import type { Buyer, Rig } from '../rig/define.ts'
import { green, type Outcome, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** What happened to somebody's money can be looked up. */
export const g6 = defineProbe({
  id: 'G6',
  title: 'effect without an audit record',
  rule: 'Every payment that had an effect, and every refund, left a record with the payment’s id.',
  source: [
    { text: 'PCI DSS 4.0, 10.2: audit logs of all changes' },
    { text: 'card-pack backends: all payment events logged' },
  ],
  guard:
    'Any record that the observer finds under the payment’s id counts, unless the contract names the event of an effect.',
  example: 'A refund that revokes and writes nothing.',
  company: 'shared',
  needs: ({ observe }) => (observe.audit ? undefined : 'observe.audit'),
  async run(rig) {
    for (const provider of rig.providers) {
      const buyer = rig.payment({ provider })
      await rig.deliver(buyer, 'cap')
      const capture = await missing(rig, buyer, 'capture', 0)
      if (capture.outcome) return capture.outcome
      await rig.deliver(buyer, 'full')
      const refund = await missing(rig, buyer, 'refund', capture.records)
      if (refund.outcome) return refund.outcome
    }
    return green('captures and refunds are on record')
  },
})

/** Waits for a record more than there were, of the declared name if there is one. */
async function missing(
  { contract, observer }: Rig,
  buyer: Buyer,
  effect: 'capture' | 'refund',
  before: number,
): Promise<{ records: number; outcome?: Outcome }> {
  const name = contract.observe.audit?.effects?.[effect]
  const { reached, observation } = await observer.settle(buyer, {
    want: ({ audit = [] }) => (name === undefined ? audit.length > before : audit.some(({ event }) => event === name)),
  })
  const records = observation.audit?.length ?? 0
  if (reached || observation.trouble.some((each) => each.observer === 'audit')) return { records }
  return {
    records,
    outcome: red(`a ${effect} of a ${buyer.spec.provider} payment left no audit record`, {
      want: name === undefined ? 'a record of the payment' : `a record ${name}`,
      got: before === records ? 'none' : 'records of other events only',
      harm: 'nobody can tell later what happened to the money',
    }),
  }
}
