import { meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** So many windows lie within the week that a sync takes. */
const mostWindows = 120

export const m7 = defineProbe(
  meteringProbe(
    {
      id: 'M7',
      title: 'only the first page of usage is reported',
      rule: 'A sync reports all usage of its range, however much there is.',
      source: [meterEvents, { text: 'flexprice: LIMIT batch_size without a second page' }],
      guard:
        'One more than facts.metering.batch_size, in as many windows as there are; a second sync is not asked for.',
      example: 'select … limit 100',
      needs: ({ facts }) =>
        (facts.metering?.batchSize ?? 0) > 2_000 ? 'facts.metering.batch_size of at most 2000' : undefined,
    },
    async (meterage, rig) => {
      const size = rig.contract.facts.metering?.batchSize ?? 100
      const days = rig.contract.facts.metering?.limitDays ?? 7
      const windows = Math.min(mostWindows, Math.floor((days * 86_400_000) / (meterage.window(0) - meterage.window(1))))
      const count = size + 1
      const consumer = await meterage.consumer()
      for (let index = 0; index < count; index++)
        await meterage.use(consumer, 1, meterage.window(2 + (index % (windows - 2))) + 1000)
      await meterage.sync(consumer, meterage.window(windows), meterage.window(1))
      const got = await meterage.settle(consumer, count)
      return (
        wrongTotal(got, count, 'a sync leaves usage out where there is much of it') ?? green('all usage is reported')
      )
    },
  ),
)
