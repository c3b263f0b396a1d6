import type { Buyer, Rig } from '../rig/define.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** The customer bought once and hears of it once. */
export const h1 = defineProbe({
  id: 'H1',
  title: 'mail sent twice',
  rule: 'One purchase, one mail: however often, at once or under how many events it is announced.',
  source: [
    {
      text: 'Stripe, Webhooks: handle duplicate events',
      url: 'https://docs.stripe.com/webhooks#handle-duplicate-events',
    },
    { text: 'pay-rails #612, convene #1656, screentinker #311' },
  ],
  guard: 'Only mails to the buyer’s address; purchases of the contract’s own item; subscriptions are not judged.',
  example: 'A mail sent before the purchase is found to be a duplicate.',
  company: 'alone',
  needs: ({ observe }) => (observe.mails ? undefined : 'observe.mails'),
  async run(rig) {
    for (const provider of rig.providers) {
      const plain = rig.payment({ provider })
      await rig.deliver(plain, 'cap')
      const { reached } = await rig.observer.settle(plain, { want: ({ mails = [] }) => mails.length > 0 })
      if (!reached) return unmeasured(`a plain ${provider} purchase sends no mail`)
      const buyers = [await repeated(rig, provider), await together(rig, provider), await twoEvents(rig, provider)]
      for (const { buyer, how } of buyers) {
        const { observation } = await rig.observer.settle(buyer, {
          want: ({ mails }) => mails?.length === 1,
          holdMs: Math.max(100, 3 * rig.lagMs),
        })
        const count = observation.mails?.length
        if (count === undefined || count === 1) continue
        return red(
          `a ${provider} purchase that was announced ${how} sent ${count === 0 ? 'no mail' : 'several mails'}`,
          {
            want: '1 mail',
            got: count === 0 ? 'none' : 'more than 1',
            harm: count === 0 ? 'the customer hears nothing' : 'the customer believes to have paid twice',
            failure: { subject: buyer.name, kind: count === 0 ? 'mail-too-few' : 'mail-too-many' },
          },
        )
      }
    }
    return green('one purchase, one mail')
  },
})

type Provider = 'stripe' | 'paypal'
type Announced = { buyer: Buyer; how: string }

async function repeated(rig: Rig, provider: Provider): Promise<Announced> {
  const buyer = rig.payment({ provider })
  for (let time = 0; time < 3; time++) await rig.deliver(buyer, 'cap')
  await rig.deliver(buyer, 'cap', { copy: 2 })
  return { buyer, how: 'again and again' }
}

async function together(rig: Rig, provider: Provider): Promise<Announced> {
  const buyer = rig.payment({ provider })
  await rig.burst(Array.from({ length: 8 }, () => ({ buyer, event: 'cap' as const })))
  return { buyer, how: 'eight times at once' }
}

async function twoEvents(rig: Rig, provider: Provider): Promise<Announced> {
  const buyer = rig.payment({ provider })
  await rig.deliver(buyer, provider === 'stripe' ? 'cs' : 'order')
  await rig.deliver(buyer, 'cap')
  return { buyer, how: 'by two events' }
}
