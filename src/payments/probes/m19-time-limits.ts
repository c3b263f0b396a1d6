import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

const day = 86_400_000

export const m19 = defineProbe(
  meteringProbe(
    {
      id: 'M19',
      title: 'times that cannot be meant are taken, or usage is dated wrongly',
      rule: 'A range that is turned round, too long or in the future is refused; usage is dated within its window.',
      source: [
        meterEvents,
        { text: 'flexprice: at most 7 days, end at most 5 minutes from now' },
        { text: 'tuist #11903' },
      ],
      guard: 'Any refusal below 500; the limit in days may be declared, and twice as long is tried.',
      example: 'The time of the sync as the time of the usage',
    },
    async (meterage, rig) => {
      const { from, to } = lastWindow(meterage)
      const limit = (rig.contract.facts.metering?.limitDays ?? 7) * day
      const consumer = await meterage.consumer()
      const odd: [what: string, from: number, to: number][] = [
        ['that ends before it begins', to, from],
        ['that is too long', to - 2 * limit, to],
        ['that ends in the future', from, meterage.window(-24)],
      ]
      for (const [what, begin, end] of odd) {
        const { outcome } = await meterage.sync(consumer, begin, end)
        if (outcome !== 'fail')
          return red(`a range ${what} is taken, or fails`, {
            want: 'a refusal such as 400',
            got: outcome === 'ok' ? 'taken' : 'a failure',
            harm: 'what nobody meant is charged, or nothing is',
          })
      }
      for (const at of [from, from + 1000, to - 1000]) await meterage.use(consumer, 2, at)
      await meterage.sync(consumer, from, to)
      const wrong = wrongTotal(await meterage.settle(consumer, 6), 6, 'usage is not counted as it is')
      if (wrong) return wrong
      const dated = rig.double.stripe.usage(consumer.providerMeter, consumer.providerCustomer)
      const isWithin = dated.every(({ timestamp }) => timestamp >= from / 1000 && timestamp < to / 1000)
      if (isWithin) return green('odd ranges are refused, and usage is dated within its window')
      return red('usage is dated outside of the window it belongs to', {
        want: 'a time within the window, its end not included',
        got: 'another time',
        harm: 'usage of one period is on the bill of another',
      })
    },
  ),
)
