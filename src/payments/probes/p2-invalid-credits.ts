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
      const wares = invalid.map((value) => shop.put({ metadata: { ...plain.metadata, [name]: value } }))
      await shop.sync()
      for (const [index, ware] of wares.entries()) {
        const shown = await shop.shown(ware)
        if (shown?.isActive) return wrong(invalid[index] ?? '', shown.credits)
      }
      for (const value of ['abc', '10.5']) {
        shop.put({ ...plain, metadata: { ...plain.metadata, [name]: value } })
        await shop.sync()
        const kept = await shop.shown(plain)
        const isOther = kept?.credits !== undefined && kept.credits !== plain.metadata[name]
        if (kept?.isActive && isOther) return wrong(value, kept.credits)
      }
      return green('invalid credits are refused')
    },
  ),
)
