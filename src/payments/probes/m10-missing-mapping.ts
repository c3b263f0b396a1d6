import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m10 = defineProbe(
  meteringProbe(
    {
      id: 'M10',
      title: 'a meter without a mapping is not told, or stops the others',
      rule: 'Usage of a meter that nobody mapped fails with a reason of its own, and the other meters are reported.',
      source: [meterEvents, { text: 'flexprice: error_message meter mapping not found' }],
      guard: 'The text may be declared; such meters are named before and after the one that is mapped.',
      example: 'The first missing mapping ends the loop',
      needs: ({ observe }) => (observe.batches ? undefined : 'observe.batches'),
    },
    async (meterage, rig) => {
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      const strangers = ['a', 'zz'].map((meter) => meterage.stranger({ of: consumer, meter }))
      for (const each of [...strangers, consumer]) await meterage.use(each, 6, from)
      await meterage.sync(consumer, from, to)
      const stopped = 'a meter without a mapping keeps the others from being reported'
      const wrong = wrongTotal(await meterage.settle(consumer, 6), 6, stopped)
      if (wrong) return wrong
      const { error, missing_meter: text } = rig.contract.observe.batches!
      for (const stranger of strangers) {
        const isTold = await meterage.settleBatch(
          stranger,
          (batch) => batch.isFailed && (error === undefined || batch.error === text),
        )
        if (isTold) continue
        return red('usage of a meter without a mapping is not told as that', {
          want: `a batch that failed: ${text}`,
          got: (await meterage.batches(stranger)).length === 0 ? 'no batch' : 'another status or reason',
          harm: 'usage is missing that nobody pays for, and nobody knows why',
        })
      }
      return green('meters without a mapping are told, and the others reported')
    },
  ),
)
