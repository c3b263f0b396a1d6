import { meterEvents, meteringProbe, wrongTotal } from '../metering/probe.ts'
import { recentChange } from '../metering/time-zones.ts'
import { green, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const m20 = defineProbe(
  meteringProbe(
    {
      id: 'M20',
      title: 'windows cut by the local time of the process',
      rule: 'Windows are cut in UTC: where the process runs, and when its clocks change, does not matter.',
      source: [meterEvents, { text: 'Clock changes: an hour of local time is there twice, or never' }],
      guard: 'A zone whose clocks changed within the last weeks, and one with half hours where there is none.',
      example: 'date_trunc over times without a zone',
      company: 'restarts',
      needs: ({ control, target }) =>
        target.start === undefined ? 'target.start' : control.restart ? undefined : 'control.restart',
    },
    async (meterage, rig) => {
      const { zone, at } = recentChange(Date.now())
      const length = meterage.window(0) - meterage.window(1)
      const middle = Math.floor((at ?? meterage.window(6)) / length) * length
      return rig.withEnvironment({ TZ: zone }, { expectReady: true }, async ({ ready }) => {
        if (!ready) return unmeasured('the backend does not start in another time zone')
        const consumer = await meterage.consumer()
        const windows = [-3, -2, -1, 0, 1, 2].map((number) => middle + number * length)
        for (const start of windows)
          for (const into of [0, length / 2, length - 1]) await meterage.use(consumer, 1, start + into)
        for (const [index, start] of windows.entries()) {
          await meterage.sync(consumer, start, start + length)
          const want = 3 * (index + 1)
          const reason = 'usage is not counted as it is where the process runs in another time zone'
          const wrong = wrongTotal(await meterage.settle(consumer, want), want, reason)
          if (wrong) return wrong
        }
        return green('windows do not depend on the time zone of the process')
      })
    },
  ),
)
