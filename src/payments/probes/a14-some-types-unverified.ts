import type { EventLabel } from '../model/labels.ts'
import type { Rig } from '../rig/define.ts'
import { green, type Outcome, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

const later: readonly EventLabel[] = ['full', 'fullObject', 'disputed', 'lost', 'reversed']
const first: readonly EventLabel[] = ['cs', 'charge', 'asyncOk', 'order']

export const a14 = defineProbe({
  id: 'A14',
  title: 'the signature is checked for some types of events only',
  rule: 'Every event is checked before anything is done with it, whatever its type.',
  source: [{ text: 'Stripe, Verify webhook signatures', url: 'https://docs.stripe.com/webhooks/signature' }],
  guard: 'Only effects are RED: unsigned events that nobody handles may be answered in any way.',
  example: 'The capture handler verifies; the refund handler trusts its caller.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    const provider = rig.providers[0]!
    const outcomes = await Promise.all([
      ...first.filter((label) => isOf(provider, label)).map((label) => forgedFirst(rig.fork(), label)),
      ...later.filter((label) => isOf(provider, label)).map((label) => forgedLater(rig.fork(), label)),
      ...(rig.subscriptions ? [forgedSubscription(rig.fork())] : []),
    ])
    const found = outcomes.filter((outcome) => outcome !== undefined)
    return found.find(({ verdict }) => verdict === 'RED') ?? found[0] ?? green('every type of event is checked')
  },
})

const isOf = (provider: 'stripe' | 'paypal', label: EventLabel): boolean =>
  provider === 'stripe'
    ? !['order', 'reversed'].includes(label)
    : ['order', 'full', 'reversed', 'disputed', 'lost'].includes(label)

async function forgedFirst(rig: Rig, label: EventLabel): Promise<Outcome | undefined> {
  const buyer = rig.payment()
  await rig.deliver(buyer, label, { signing: 'zeros', attempts: 1 })
  return withTimeline(rig, await rig.judge(buyer, 'an event without a valid signature takes effect'))
}

/** Takes something away from somebody who paid. */
async function forgedLater(rig: Rig, label: EventLabel): Promise<Outcome | undefined> {
  const buyer = rig.payment()
  await rig.deliver(buyer, 'cap')
  const { reached } = await rig.settle(buyer)
  if (!reached) return unmeasured('a genuine capture has no effect in time')
  await rig.deliver(buyer, label, { signing: 'zeros', attempts: 1 })
  return withTimeline(rig, await rig.judge(buyer, 'an event without a valid signature takes effect'))
}

async function forgedSubscription(rig: Rig): Promise<Outcome | undefined> {
  const buyer = rig.subscription()
  for (const label of ['subCs', 'sc', 'su', 'inv', 'invOk'] as const)
    await rig.deliver(buyer, label, { signing: 'zeros', attempts: 1 })
  return withTimeline(rig, await rig.judge(buyer, 'a subscription event without a valid signature takes effect'))
}

const withTimeline = (rig: Rig, outcome: Outcome | undefined): Outcome | undefined =>
  outcome && { ...outcome, timeline: [...rig.timeline] }
