import { formsTakeEffect } from '../explore/forgeries.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const f8 = defineProbe({
  id: 'F8',
  title: 'unknown fields or another order of keys matter',
  rule: 'Providers add fields, which is no breaking change, and the order of keys means nothing.',
  source: [
    {
      text: 'Stripe, Backward-compatible changes',
      url: 'https://docs.stripe.com/upgrades#what-changes-does-stripe-consider-to-be-backward-compatible',
    },
  ],
  guard: 'Known fields are as they always are.',
  example: 'A strict schema of the event refuses what it does not know.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers) {
      const refused = await formsTakeEffect(rig, provider, {
        forms: ['with-unknown-fields', 'reordered'],
        reason: 'a genuine event with unknown fields or another order of keys has no effect',
      })
      if (refused) return refused
    }
    return green('unknown fields and the order of keys do not matter')
  },
})
