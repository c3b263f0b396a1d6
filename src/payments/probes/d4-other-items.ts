import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Currencies with two decimals, which both providers take, and those of which PayPal takes whole units. */
const paypalCurrencies = new Set(
  'usd eur gbp aud cad chf czk dkk hkd ils mxn nok nzd php pln sek sgd thb jpy'.split(' '),
)

/** What else is sold, in currencies with none and three decimals where the contract names them. */
export const d4 = defineProbe({
  id: 'D4',
  title: 'another item or currency not delivered as sold',
  rule: 'Each thing on sale gives what it says for the price it says, in the coins of its own currency.',
  source: [
    {
      text: 'Stripe, Currencies: zero-decimal and three-decimal currencies',
      url: 'https://docs.stripe.com/currencies#zero-decimal',
    },
  ],
  guard:
    'Only what the contract lists under facts.alternatives, at exactly its price; PayPal only in currencies it takes.',
  example: 'An amount divided by 100 whatever its currency; a pack size that is the same for every item.',
  company: 'shared',
  needs: ({ facts }) => (facts.alternatives.length > 0 ? undefined : 'facts.alternatives'),
  async run(rig) {
    const { alternatives } = rig.contract.facts
    const buyers = rig.providers.flatMap((provider) =>
      alternatives.flatMap(({ currency }, alternative) =>
        provider === 'paypal' && !paypalCurrencies.has(currency) ? [] : [rig.payment({ provider, alternative })],
      ),
    )
    for (const buyer of buyers) await rig.deliver(buyer, 'cap')
    for (const buyer of buyers) {
      const wrong = await rig.judge(buyer, 'an item was not delivered as it was sold')
      if (wrong) return wrong
    }
    return green(`${alternatives.length} further items were delivered as sold`)
  },
})
