import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const p5 = defineProbe(
  catalogueProbe(
    {
      id: 'P5',
      title: 'an archived product is still sold',
      rule: 'A product that was archived at the provider is not sold any more.',
      source: [oneWay, { text: 'quickscale: product.deleted is not handled' }],
      guard: 'It may stay in the list as long as it is not active, or disappear.',
      example: 'Only active products are listed, so that the others keep their last state',
    },
    async (shop, plain) => {
      const archived = shop.put({ ...plain, active: false })
      await shop.sync()
      const shown = await shop.settle(archived, (each) => !each?.isActive)
      if (!shown?.isActive) return green('an archived product is not sold any more')
      return red('an archived product is still sold', {
        want: 'no active product',
        got: 'an active one',
        harm: 'buyers pay for what is not sold any more',
      })
    },
  ),
)
