import { identifierOf } from '../metering/collect.ts'
import { defineMutant } from './define.ts'
import { collectAgain } from './support/usage.ts'

export const m20 = defineMutant({
  id: 'M20',
  defect: 'M20',
  summary: 'windows are hours of local time, each sent once',
  apply({ parts }) {
    parts.collect = collectAgain({
      known: 'left out',
      windowOf(at) {
        const local = new Date(at)
        const hour = (more: number) =>
          new Date(local.getFullYear(), local.getMonth(), local.getDate(), local.getHours() + more).getTime()
        return { from: hour(0), to: hour(1) }
      },
      identifierOf: (tenant, group) => identifierOf(tenant, group, 0),
    })
  },
})
