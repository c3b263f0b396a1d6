import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const p6 = defineProbe(
  catalogueProbe(
    {
      id: 'P6',
      title: 'a price without decimals divided by a hundred',
      rule: 'An amount is in its own currency’s minor unit, which for yen is the yen.',
      source: [oneWay, { text: 'quickscale: amounts divided by 100' }],
      guard: 'Only where the currency is shown, or the amount alone is wrong.',
      example: 'unit_amount / 100 whatever the currency',
    },
    async (shop) => {
      const ware = shop.put({ amount: 500, currency: 'jpy' })
      await shop.sync()
      const shown = await shop.settle(ware, (each) => each?.amount === 500)
      if (shown === undefined || !shown.isActive) return unmeasured('a product in yen was not taken over')
      if (shown.amount === 500) return green('amounts are in the currency’s own minor unit')
      return red('a price in yen was taken over wrongly', {
        want: '500',
        got: String(shown.amount),
        harm: 'goods are sold for a hundredth of their price',
      })
    },
  ),
)
