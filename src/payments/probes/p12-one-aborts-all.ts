import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const p12 = defineProbe(
  catalogueProbe(
    {
      id: 'P12',
      title: 'one bad product keeps the others from being taken over',
      rule: 'A product that cannot be taken over is reported; the others are taken over all the same.',
      source: [oneWay, { text: 'quickscale: one exception ended the bulk sync' }],
      guard: 'The answer may be any; only the others count.',
      example: 'The first exception ends the loop',
    },
    async (shop, plain) => {
      const metadata = {}
      const bad = [shop.put({ metadata })]
      const good = [shop.put({ amount: 1100 }), shop.put({ amount: 1200 })]
      bad.push(shop.put({ metadata }))
      shop.put({ ...plain, amount: 4100 })
      await shop.sync()
      for (const ware of [...good, { ...plain, amount: 4100 }]) {
        const shown = await shop.settle(ware, (each) => each?.amount === ware.amount)
        if (shown?.amount === ware.amount) continue
        return red('a product that cannot be taken over keeps others from it', {
          want: 'all others taken over',
          got: 'at least one of them not, or not as it is now',
          harm: 'one mistake in the catalogue stops all of it',
        })
      }
      return green(`${bad.length} bad products did not keep others from being taken over`)
    },
  ),
)
