import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m3 = defineProbe(
  meteringProbe(
    {
      id: 'M3',
      title: 'usage that comes late is lost',
      rule: 'Usage of a window that was synced already is reported by the next sync, once.',
      source: [
        meterEvents,
        { text: 'gram #5345' },
        { text: 'sandbox #376' },
        { text: 'flexprice: one identifier per window' },
      ],
      guard: 'As a difference or as a correction: only the sum counts.',
      example: 'The window has been sent, so its identifier is known and the new sum is dropped',
    },
    async (meterage) => {
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      await meterage.use(consumer, 30, from + 60_000)
      await meterage.sync(consumer, from, to)
      const first = wrongTotal(await meterage.settle(consumer, 30), 30, 'usage is not counted as it is')
      if (first) return first
      await meterage.use(consumer, 7, from + 120_000)
      for (const reason of ['usage that came after its window was synced is lost', 'late usage is counted again']) {
        await meterage.sync(consumer, from, to)
        const wrong = wrongTotal(await meterage.settle(consumer, 37), 37, reason)
        if (wrong) return wrong
      }
      return green('late usage is reported once')
    },
  ),
)
