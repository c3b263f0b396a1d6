import type { Buyer, Rig } from '../rig/define.ts'
import { green, type Outcome } from '../verdict.ts'
import { defineProbe } from './define.ts'

const others = 1_100
const atOnce = 10
const mostMs = 30_000

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
  company: 'last',
  needs: () => undefined,
  async run(rig) {
    const known = rig.first() ?? (await newcomer(rig))
    if ('verdict' in known) return known
    const { buyer, since } = known
    const sent = since + (await crowd(rig, others - since))
    rig.note('many other purchases', { isPlayable: false })
    await rig.deliver(buyer, 'cap')
    const outcome = await rig.judge(buyer, 'an event is worked through again after many others came in between')
    if (outcome) return outcome
    return green(
      sent >= others
        ? 'it remembers beyond 1,100 other events'
        : 'it remembers beyond as many other events as it took in 30 s',
    )
  },
})

async function newcomer(rig: Rig): Promise<{ buyer: Buyer; since: number } | Outcome> {
  const buyer = rig.payment()
  await rig.deliver(buyer, 'cap')
  return (await rig.judge(buyer, 'a genuine capture has no effect')) ?? { buyer, since: 0 }
}

/** So many purchases, several at a time; how many there were in time. */
async function crowd(rig: Rig, wanted: number): Promise<number> {
  const until = performance.now() + mostMs
  const fork = rig.fork()
  let sent = 0
  const one = async () => {
    while (sent < wanted && performance.now() < until && !rig.signal.aborted) {
      sent++
      await fork.deliver(fork.payment(), 'cap')
    }
  }
  await Promise.all(Array.from({ length: atOnce }, one))
  return sent
}
