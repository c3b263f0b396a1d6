import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const p4 = defineProbe(
  catalogueProbe(
    {
      id: 'P4',
      title: 'a changed price is not taken over',
      rule: 'A price that changed at the provider is the price that is shown.',
      source: [oneWay, { text: 'quickscale: product and price handlers pass' }],
      guard: 'After a sync; whether events do it by themselves is not asked.',
      example: 'A handler of product.updated that passes',
    },
    async (shop, plain) => {
      const changed = shop.put({ ...plain, amount: 3700 })
      await shop.sync()
      const shown = await shop.settle(changed, (each) => each?.amount === 3700)
      if (shown?.amount === 3700) return green('a changed price is taken over')
      return red('a changed price is not taken over', {
        want: '3700',
        got: shown?.amount === undefined ? 'no price' : String(shown.amount),
        harm: 'customers are charged something else than they are shown',
      })
    },
  ),
)
