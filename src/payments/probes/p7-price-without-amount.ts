import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const p7 = defineProbe(
  catalogueProbe(
    {
      id: 'P7',
      title: 'a price without an amount is free',
      rule: 'A price in tiers has no single amount: it is refused and never zero.',
      source: [oneWay, { text: 'quickscale: unit_amount null becomes 0' }],
      guard: 'The product may be kept as long as it is not active.',
      example: 'price.unit_amount or 0',
    },
    async (shop) => {
      const ware = shop.put({ amount: null })
      await shop.sync()
      const shown = await shop.shown(ware)
      if (!shown?.isActive) return green('a price without a single amount is refused')
      return red('a product without an amount is sold', {
        want: 'no active product',
        got: `an active product for ${shown.amount ?? 'nothing'}`,
        harm: 'goods are given away',
      })
    },
  ),
)
