import { madeBy } from '../checkout/payables.ts'
import type { Buyer, Rig } from '../rig/define.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** One refund that is heard of often. */
export const e6 = defineProbe({
  id: 'E6',
  title: 'refund applied twice',
  rule: 'One refund counts once, however often and under however many events it is announced.',
  source: [
    {
      text: 'Stripe, Webhooks: handle duplicate events',
      url: 'https://docs.stripe.com/webhooks#handle-duplicate-events',
    },
    { text: 'PrestaShop ps_checkout #331, flexprice 8fefadc95' },
  ],
  guard: 'The end state counts, not the answers; sums and records only where the contract has observers for them.',
  example: 'amount_refunded added up per event: a payment of 4999 with 9998 refunded.',
  company: 'alone',
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers) {
      const mark = rig.double.mark()
      const buyers = [await repeated(rig, provider), await together(rig, provider), await twoEvents(rig, provider)]
      for (const buyer of buyers) {
        const wrong = await rig.judge(
          buyer,
          `one ${provider} refund that was announced several times counted more than once`,
        )
        if (wrong) return wrong
      }
      const refunds = rig.double.calls({ after: mark, method: 'POST' }).filter((call) => /\/refunds?$/.test(call.path))
      if (refunds.some((call) => madeBy(call)))
        return red('the backend refunded what the provider says is refunded already', {
          want: 'no refund by the backend',
          got: 'at least 1',
          harm: 'money is given back twice',
        })
    }
    return green('a refund that was announced several times counted once')
  },
})

type Provider = 'stripe' | 'paypal'

async function repeated(rig: Rig, provider: Provider): Promise<Buyer> {
  const buyer = rig.payment({ provider })
  await rig.deliver(buyer, 'cap')
  for (let time = 0; time < 3; time++) await rig.deliver(buyer, 'full')
  await rig.deliver(buyer, 'full', { copy: 2 })
  return buyer
}

async function together(rig: Rig, provider: Provider): Promise<Buyer> {
  const buyer = rig.payment({ provider })
  await rig.deliver(buyer, 'cap')
  await rig.settle(buyer)
  await rig.burst(Array.from({ length: 8 }, () => ({ buyer, event: 'full' as const })))
  return buyer
}

/** Stripe announces one refund twice: by its charge and by itself. */
async function twoEvents(rig: Rig, provider: Provider): Promise<Buyer> {
  const buyer = rig.payment({ provider })
  await rig.deliver(buyer, 'cap')
  if (provider === 'stripe') await rig.deliver(buyer, 'fullObject')
  await rig.deliver(buyer, 'full')
  if (provider === 'stripe') await rig.deliver(buyer, 'fullObject')
  return buyer
}
