import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

const invalid = ['abc', '-5', '0', '', '10.5', '1e3', '9999999999999']

const wrong = (value: string, credits: string | undefined) =>
  red(`credits of "${value}" were taken over`, {
    want: 'the product refused, or what was known before',
    got: credits === undefined ? 'an active product' : `an active product that gives ${credits}`,
    harm: 'buyers get more or less than they paid for',
  })

export const p2 = defineProbe(
  catalogueProbe(
    {
      id: 'P2',
      title: 'invalid credits taken over',
      rule: 'What a product gives is a positive whole number; anything else is refused, and what was known before stays.',
      source: [oneWay, { text: 'quickscale: credit_amount must be a positive integer' }],
      guard: 'The product may go inactive; spaces around a number are not tried.',
      example: 'Number.parseInt("10.5")',
    },
    async (shop, plain, rig) => {
      const name = rig.contract.facts.catalogue?.credits ?? ''
      for (const value of invalid) {
        const ware = shop.put({ metadata: { ...plain.metadata, [name]: value } })
        await shop.sync()
        const fresh = await shop.shown(ware)
        if (fresh?.isActive) return wrong(value, fresh.credits)
        shop.put({ ...plain, metadata: { ...plain.metadata, [name]: value } })
        await shop.sync()
        const kept = await shop.shown(plain)
        if (kept?.isActive && kept.credits !== undefined && kept.credits !== plain.metadata[name])
          return wrong(value, kept.credits)
        shop.put(plain)
      }
      await shop.sync()
      return green('invalid credits are refused')
    },
  ),
)
