import { catalogueProbe, oneWay } from '../catalogue/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const p14 = defineProbe(
  catalogueProbe(
    {
      id: 'P14',
      title: 'an outage of the provider empties the catalogue',
      rule: 'A provider that does not answer changes nothing: what was known stays.',
      source: [oneWay, { text: 'quickscale: errors must not delete local rows' }],
      guard: 'The answer to the sync may be any.',
      example: 'An empty list where an error was, and everything that is not in it is deleted',
    },
    async (shop, plain, rig) => {
      for (const then of ['500', 'drop'] as const) {
        const fault = rig.double.stripe.arm({ on: '* *', times: 'always', then })
        await shop.sync().finally(() => fault.disarm())
        const shown = await shop.shown(plain)
        if (shown?.isActive && shown.amount === plain.amount) continue
        return red('an outage of the provider took products away', {
          want: 'what was known before',
          got: shown === undefined ? 'no product' : shown.isActive ? 'another price' : 'an inactive product',
          harm: 'nothing can be bought because the provider did not answer for a moment',
        })
      }
      return green('an outage of the provider changes nothing')
    },
  ),
)
