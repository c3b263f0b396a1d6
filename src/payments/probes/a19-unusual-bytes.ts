import { formsTakeEffect } from '../explore/forgeries.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a19 = defineProbe({
  id: 'A19',
  title: 'genuine events with unusual bytes are refused',
  rule: 'Events hold what people write: any Unicode, and they can be tens of kilobytes long.',
  source: [{ text: 'Stripe, Event object', url: 'https://docs.stripe.com/api/events/object' }],
  guard: 'Up to 60 KB; larger bodies may be refused.',
  example: 'The body is read as Latin-1, or limited to 16 KB.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers) {
      const refused = await formsTakeEffect(rig, provider, {
        forms: ['unicode', 'emoji', 'separators', 'escaped', 'large'],
        reason: 'a genuine event with unusual bytes has no effect',
      })
      if (refused) return refused
    }
    return green('unusual bytes do not matter')
  },
})
