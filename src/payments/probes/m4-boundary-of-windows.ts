import { meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Each its own digit, so that the sum tells which was counted how often. */
const places = [1, 10, 100, 1000, 10_000] as const

export const m4 = defineProbe(
  meteringProbe(
    {
      id: 'M4',
      title: 'usage at the end of a window counted twice or never',
      rule: 'A window holds its beginning and not its end, so that every moment is in exactly one.',
      source: [meterEvents, { text: 'flexprice: timestamp >= ? AND timestamp <= ?' }],
      guard: 'Only the sum of windows that touch is asked, not to which of them the moment between belongs.',
      example: 'timestamp >= start and timestamp <= end',
    },
    async (meterage) => {
      const [from, between, to, last] = [4, 3, 2, 1].map((before) => meterage.window(before)) as [
        number,
        number,
        number,
        number,
      ]
      const consumer = await meterage.consumer()
      const moments = [from, between - 1, between, to - 1, to]
      for (const [index, at] of moments.entries()) await meterage.use(consumer, places[index] ?? 0, at)
      await meterage.sync(consumer, from, between)
      await meterage.settle(consumer, 11)
      await meterage.sync(consumer, between, to)
      await meterage.settle(consumer, 1111)
      await meterage.sync(consumer, to, last)
      const got = await meterage.settle(consumer, 11_111)
      const reason = 'usage at the edge of two windows is not counted exactly once'
      return wrongTotal(got, 11_111, reason) ?? green('every moment is in exactly one window')
    },
  ),
)
