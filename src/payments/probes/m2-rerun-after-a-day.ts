import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m2 = defineProbe(
  meteringProbe(
    {
      id: 'M2',
      title: 'usage counted again once the provider forgot it',
      rule: 'The provider knows identifiers for a day; after that the backend’s own records keep usage from being counted again.',
      source: [meterEvents, { text: 'flexprice: batches of their own table' }],
      guard: 'Only completed reports are rerun; the provider forgets them all at once, as if a day had gone by.',
      example: 'An identifier made of customer and window, and nothing else that guards',
      company: 'alone',
    },
    async (meterage, rig) => {
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      await meterage.use(consumer, 12, from + 60_000)
      await meterage.sync(consumer, from, to)
      const first = wrongTotal(await meterage.settle(consumer, 12), 12, 'usage is not counted as it is')
      if (first) return first
      rig.double.stripe.forget()
      rig.note('the provider forgets identifiers, as after a day', { isPlayable: false })
      for (const force of [false, true]) {
        await meterage.sync(consumer, from, to, { force })
        const reason = 'usage is counted again once the provider has forgotten its identifier'
        const wrong = wrongTotal(await meterage.settle(consumer, 12), 12, reason)
        if (wrong) return wrong
      }
      return green('usage is counted once, with and without the provider’s memory')
    },
  ),
)
