import { fill } from '../contract/template.ts'
import type { Buyer, Rig } from '../rig/define.ts'
import { green, red, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** One buyer, two purchases, one refund. */
export const e4 = defineProbe({
  id: 'E4',
  title: 'refund takes another purchase of the buyer',
  rule: 'A refund takes back what its own payment bought, and nothing else that the same buyer has.',
  source: [{ text: 'Stripe, The Charge object: payment_intent', url: 'https://docs.stripe.com/api/charges/object' }],
  guard: 'Judged only where both purchases were delivered; a backend that sells one thing to one buyer once is YELLOW.',
  example: 'update cards set revoked = true where user_id = …',
  company: 'shared',
  needs: ({ facts, observe }) => {
    if (!observe.grants) return 'observe.grants'
    if (!JSON.stringify(observe.grants).includes('{payment}')) return '{payment} in observe.grants'
    return Object.values(facts.metadata).some((text) => text.includes('{user}'))
      ? undefined
      : '{user} in facts.metadata'
  },
  async run(rig) {
    for (const provider of rig.providers) {
      const first = rig.payment({ provider })
      const second = rig.payment({ provider, metadata: metadataOf(rig, first) })
      const { packSize } = first.price
      for (const buyer of [first, second]) await rig.deliver(buyer, 'cap')
      const kept = { ...first }
      const gone = { ...first, payment: second.payment }
      if (!(await settled(rig, [kept, gone], [packSize, packSize])))
        return yellow(`a second ${provider} purchase of the same buyer was not delivered beside the first`)
      await rig.deliver(second, 'full')
      if (!(await settled(rig, [kept, gone], [packSize, 0])))
        return red(`a ${provider} refund took more than its own purchase, or less`, {
          want: `${packSize} active grants of the purchase that was not refunded, none of the other`,
          got: 'another number',
          harm: 'goods are taken that were paid for, or kept that were not',
        })
    }
    return green('a refund took its own purchase and left the buyer’s other one')
  },
})

type Person = Pick<Buyer, 'user' | 'email' | 'payment'>

/** The metadata of a purchase by somebody who bought before. */
function metadataOf({ contract }: Rig, { user, email }: Buyer): Record<string, string> {
  const named = Object.entries(contract.facts.metadata).filter(([, text]) => /\{(?:user|email)\}/.test(text))
  return Object.fromEntries(named.map(([key, text]) => [key, fill(text, { user, email })]))
}

/** Whether each of them comes to have that number of active grants. */
async function settled(rig: Rig, people: readonly Person[], wanted: readonly number[]): Promise<boolean> {
  const holdMs = Math.max(60, 2 * rig.lagMs)
  for (const [at, person] of people.entries()) {
    const { reached } = await rig.observer.settle(person, { want: ({ active }) => active === wanted[at], holdMs })
    if (!reached) return false
  }
  return true
}
