import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const p1 = defineProbe(
  catalogueProbe(
    {
      id: 'P1',
      title: 'product without credits taken over',
      rule: 'A product whose metadata does not say what it gives is not sold, and nothing is made up for it.',
      source: [oneWay, { text: 'quickscale: metadata.credit_amount is required' }],
      guard: 'It may be kept as long as it is not active.',
      example: 'credit_amount or 100',
    },
    async (shop, plain, rig) => {
      const { [rig.contract.facts.catalogue?.credits ?? '']: _, ...rest } = plain.metadata
      const ware = shop.put({ metadata: rest })
      await shop.sync()
      const shown = await shop.shown(ware)
      if (!shown?.isActive) return green('a product that does not say what it gives is not sold')
      return red('a product without credits is sold', {
        want: 'no active product',
        got: shown.credits === undefined ? 'an active product' : `an active product that gives ${shown.credits}`,
        harm: 'buyers pay for something that nobody defined',
      })
    },
  ),
)
