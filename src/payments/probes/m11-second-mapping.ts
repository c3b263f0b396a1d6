import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m11 = defineProbe(
  meteringProbe(
    {
      id: 'M11',
      title: 'a second mapping of one meter',
      rule: 'A meter belongs to one meter of the provider: a second mapping is refused, of several at once one is taken.',
      source: [meterEvents, { text: 'flexprice: unique (tenant, environment, meter), duplicate 409' }],
      guard: 'Any refusal below 500 is fine; the second names another meter of the provider.',
      example: 'A look whether there is one, then an insert',
      company: 'alone',
    },
    async (meterage, rig) => {
      const { from, to } = lastWindow(meterage)
      const consumer = await meterage.consumer()
      const elsewhere = { ...meterage.stranger({ of: consumer }), meter: consumer.meter }
      const second = await meterage.mapMeter(elsewhere)
      const told = (got: string) =>
        red('a meter gets a second mapping, or the answer is a failure', {
          want: 'a refusal such as 409',
          got,
          harm: 'usage goes to another meter, or is counted twice',
        })
      if (second.outcome !== 'fail') return told(second.outcome === 'ok' ? 'taken' : 'a failure')
      const fresh = meterage.stranger({ of: consumer })
      const answers = await rig.requests(Array.from({ length: 8 }, () => meterage.meterRequest(fresh)))
      if (answers.some(({ outcome }) => outcome === 'info')) return told('a failure among several at once')
      if (answers.filter(({ outcome }) => outcome === 'ok').length !== 1)
        return told('not exactly one of several at once')
      await meterage.use(consumer, 3, from)
      await meterage.use(fresh, 4, from)
      await meterage.sync(consumer, from, to)
      const wrong = 'usage of a meter that was mapped twice is not counted once'
      return (
        wrongTotal(await meterage.settle(consumer, 3), 3, wrong) ??
        wrongTotal(await meterage.settle(fresh, 4), 4, wrong) ??
        wrongTotal(meterage.total(elsewhere), 0, wrong) ??
        green('a meter has one mapping')
      )
    },
  ),
)
