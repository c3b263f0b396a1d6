import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m15 = defineProbe(
  meteringProbe(
    {
      id: 'M15',
      title: 'what failed once never becomes completed',
      rule: 'Once what was missing is there, the next sync reports what had failed.',
      source: [meterEvents, { text: 'flexprice: the unique index holds the failed row; force_rerun is ignored' }],
      guard: 'A forced rerun may be what it takes.',
      example: 'insert … on conflict do nothing, and the failed row is the conflict',
    },
    async (meterage, rig) => {
      const { from, to } = lastWindow(meterage)
      const known = await meterage.consumer()
      const consumer = meterage.stranger({ of: known })
      await meterage.use(consumer, 11, from)
      await meterage.sync(consumer, from, to)
      const { batches } = rig.contract.observe
      if (batches) await meterage.settleBatch(consumer, ({ isFailed }) => isFailed)
      await meterage.mapMeter(consumer)
      await meterage.sync(consumer, from, to)
      if ((await meterage.settle(consumer, 11)) !== 11) await meterage.sync(consumer, from, to, { force: true })
      const lost = 'usage that failed once is not reported when what was missing is there'
      const wrong = wrongTotal(await meterage.settle(consumer, 11), 11, lost)
      if (wrong) return wrong
      if (!batches || (await meterage.settleBatch(consumer, ({ isCompleted }) => isCompleted)))
        return green('what failed is made up for')
      return red('usage that was reported is still shown as failed', {
        want: batches.completed,
        got: 'another status',
        harm: 'nobody can trust what is shown as failed',
      })
    },
  ),
)
