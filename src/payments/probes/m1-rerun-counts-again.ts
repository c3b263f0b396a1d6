import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m1 = defineProbe(
  meteringProbe(
    {
      id: 'M1',
      title: 'usage counted again by a rerun',
      rule: 'What was reported once is counted once, however often a sync runs, also over another range that holds it.',
      source: [meterEvents, { text: 'langfuse #15917' }, { text: 'opencomputer #276' }],
      guard: 'How many calls there are is not asked; only what the provider counts in the end.',
      example: 'Events without an identifier, or with a random one for every attempt',
    },
    async (meterage) => {
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      await meterage.use(consumer, 5, from)
      await meterage.use(consumer, 7, from + 60_000)
      await meterage.sync(consumer, from, to)
      const first = wrongTotal(await meterage.settle(consumer, 12), 12, 'usage is not counted as it is')
      if (first) return first
      for (const [again, end] of [
        [from, to],
        [from, to],
        [meterage.window(4), meterage.window(1)],
      ] as const) {
        await meterage.sync(consumer, again, end)
        const wrong = wrongTotal(await meterage.settle(consumer, 12), 12, 'a sync that runs again counts usage again')
        if (wrong) return wrong
      }
      return green('usage is counted once, however often it is synced')
    },
  ),
)
