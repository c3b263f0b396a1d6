import { selectJson } from '../../kernel/json-path.ts'
import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m22 = defineProbe(
  meteringProbe(
    {
      id: 'M22',
      title: 'the status of the sync does not see failures',
      rule: 'The share of batches that were counted falls when batches fail.',
      source: [meterEvents, { text: 'flexprice: success_rate of the sync status' }],
      guard: 'As a share or in percent, over whatever time; only that it falls is asked, after something was counted.',
      example: 'completed / completed',
      company: 'alone',
      needs: ({ observe }) =>
        observe.sync_status ? (observe.batches ? undefined : 'observe.batches') : 'observe.sync_status',
    },
    async (meterage, rig) => {
      const path = rig.contract.observe.sync_status!.success_rate
      const rate = async (): Promise<number> =>
        Number(selectJson(await rig.observer.syncStatus(), path)[0]?.value ?? Number.NaN)
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      await meterage.use(consumer, 1, from)
      await meterage.sync(consumer, from, to)
      const wrong = wrongTotal(await meterage.settle(consumer, 1), 1, 'usage is not counted as it is')
      if (wrong) return wrong
      const before = await rate()
      if (!(before > 0)) return unmeasured('observe.sync_status tells no share after something was counted')
      const strangers = [1, 2, 3].map(() => meterage.stranger({ of: consumer }))
      for (const each of strangers) await meterage.use(each, 1, from)
      await meterage.sync(consumer, from, to)
      for (const each of strangers)
        if (!(await meterage.settleBatch(each, ({ isFailed }) => isFailed)))
          return unmeasured('usage of a meter without a mapping does not fail')
      const after = await rate()
      if (after >= 0 && after < before) return green('the status sees failures')
      return red('the status of the sync does not see that batches failed', {
        want: 'a smaller share than before',
        got: Number.isNaN(after) ? 'no number' : 'the same or more',
        harm: 'nobody notices that usage is not charged',
      })
    },
  ),
)
