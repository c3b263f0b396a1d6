import type { Consumer, Meterage } from '../metering/meterage.ts'
import { lastWindow, meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m17 = defineProbe(
  meteringProbe(
    {
      id: 'M17',
      title: 'a sync of one customer or meter reports others',
      rule: 'A sync that names a customer or a meter is about that one.',
      source: [meterEvents, { text: 'flexprice: only entity_id is looked at, always as a customer' }],
      guard: 'A backend that reports others by itself, in the background, is not judged.',
      example: 'The filter is read from the request and never used',
      needs: ({ facts: { metering } }) =>
        metering?.syncMeter || JSON.stringify(metering?.sync ?? '').includes('{customer}')
          ? undefined
          : 'facts.metering.sync with {customer}',
    },
    async (meterage, rig) => {
      const { metering } = rig.contract.facts
      const { from, to } = lastWindow(meterage)
      const [one, two] = [await meterage.consumer(), await meterage.consumer()]
      const meter = await meterage.consumer({ of: one })
      for (const each of [one, two, meter]) await meterage.use(each, 13, from)
      if (metering?.syncMeter) {
        await meterage.sync(one, from, to, { byMeter: true })
        const wrong =
          wrongTotal(await meterage.settle(one, 13), 13, 'a sync of one meter does not report it') ??
          (await others(meterage, meter, 'meter'))
        if (wrong) return wrong
      }
      if (JSON.stringify(metering?.sync).includes('{customer}')) {
        await meterage.sync(one, from, to)
        const wrong =
          wrongTotal(await meterage.settle(meter, 13), 13, 'a sync of one customer does not report all its meters') ??
          (await others(meterage, two, 'customer'))
        if (wrong) return wrong
      }
      await meterage.sync(two, from, to)
      const lost = 'usage that a filter left out is never reported'
      return wrongTotal(await meterage.settle(two, 13), 13, lost) ?? green('a sync is about what it names')
    },
  ),
)

/** Nobody asked for this one: RED, unless the backend reports usage without being asked at all. */
async function others(meterage: Meterage, consumer: Consumer, what: string) {
  if ((await meterage.settle(consumer, 0)) === 0) return undefined
  const untouched = await meterage.consumer()
  await meterage.use(untouched, 2, lastWindow(meterage).from)
  if ((await meterage.settle(untouched, 0)) !== 0) return unmeasured('the backend reports usage without being asked')
  return red(`a sync of one ${what} reports another`, {
    want: 'nothing of the other',
    got: 'its usage',
    harm: 'a repair of one account changes the bills of all',
  })
}
