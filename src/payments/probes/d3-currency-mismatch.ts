import type { SubjectSpec } from '../history/define.ts'
import { green, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** The same number of another currency's coins. */
export const d3 = defineProbe({
  id: 'D3',
  title: 'currency mismatch accepted',
  rule: 'An amount means nothing without its currency; a payment in another currency than the price’s buys nothing.',
  source: [
    { text: 'Stripe, Currencies: amounts are in the smallest unit', url: 'https://docs.stripe.com/currencies' },
    { text: 'Divergence P5' },
  ],
  guard:
    'Any state of refusal is fine; currencies are compared without regard to case; an answer other than 2xx is YELLOW.',
  example: '4999 yen accepted for a pack of 49.99 dollars.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    const { purchase, alternatives } = rig.contract.facts
    const others = ['jpy', 'inr', 'eur', 'usd'].filter((currency) => currency !== purchase.currency).slice(0, 2)
    const foreign = alternatives.findIndex(({ currency }) => currency !== purchase.currency)
    const specs = rig.providers.flatMap((provider): Partial<SubjectSpec>[] => [
      ...others.map((currency) => ({ provider, charged: { currency } })),
      ...(foreign < 0 ? [] : [{ provider, alternative: foreign, charged: { currency: purchase.currency } }]),
    ])
    const buyers = specs.map((spec) => rig.payment(spec))
    let refused = false
    for (const buyer of buyers) {
      if (buyer.spec.provider === 'stripe') await rig.deliver(buyer, 'cs')
      const { acknowledged } = await rig.deliver(buyer, 'cap')
      if (!acknowledged) refused = true
    }
    for (const buyer of buyers) {
      const wrong = await rig.judge(buyer, 'a payment in another currency was fulfilled')
      if (wrong) return wrong
    }
    if (refused)
      return yellow('payments in another currency were refused with an answer that makes the provider send them again')
    return green(`nothing was handed out for payments in ${others.join(' and ')}`)
  },
})
