import { identifierOf } from '../metering/collect.ts'
import { defineMutant } from './define.ts'
import { collectAgain } from './support/usage.ts'

export const m4 = defineMutant({
  id: 'M4',
  defect: 'M4',
  summary: 'a range holds its end, which is the beginning of the next',
  seen: 'flexprice: timestamp >= ? AND timestamp <= ?',
  apply({ parts }) {
    parts.collect = collectAgain({
      known: 'left out',
      isEndIncluded: true,
      // A window is called after the range in which it was seen.
      windowOf: (at, minutes) => ({ from: at - (at % (minutes * 60_000)) - 1, to: at }),
      identifierOf: (tenant, group) => `${identifierOf(tenant, group, 0).slice(0, 60)}-${Math.random()}`,
    })
  },
})
