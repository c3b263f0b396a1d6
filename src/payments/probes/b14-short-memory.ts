import type { Buyer } from '../rig/define.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

const others = 1_100
const atOnce = 10
const mostMs = 15_000

export const b14 = defineProbe({
  id: 'B14',
  title: 'seen events are forgotten too early',
  rule: 'Retries come for three days, whatever else happened meanwhile: what was worked through is remembered that long.',
  source: [
    { text: 'Stripe, Retries', url: 'https://docs.stripe.com/webhooks#retries' },
    { text: 'CreatorOs #732' },
    { text: 'xagent #1063' },
  ],
  guard:
    'Measured by number, with 1,100 other purchases in between; memory that ends by time is not measured without a clock.',
  example: 'The last 1,000 ids are kept.',
  company: 'alone',
  needs: () => undefined,
  async run(rig) {
    const buyer = rig.payment()
    await rig.deliver(buyer, 'cap')
    const missing = await rig.judge(buyer, 'a genuine capture has no effect')
    if (missing) return missing
    const began = performance.now()
    const crowd = rig.fork()
    let sent = 0
    for (; sent < others && performance.now() - began < mostMs; sent += atOnce) {
      const buyers: Buyer[] = Array.from({ length: atOnce }, () => crowd.payment())
      await crowd.burst(buyers.map((each) => ({ buyer: each, event: 'cap' as const })))
    }
    rig.note('many other purchases')
    await rig.deliver(buyer, 'cap')
    const outcome = await rig.judge(buyer, 'an event is worked through again after many others came in between')
    if (outcome) return outcome
    return green(
      sent >= others
        ? 'it remembers beyond 1,100 other events'
        : 'it remembers beyond as many other events as it took in 15 s',
    )
  },
})
