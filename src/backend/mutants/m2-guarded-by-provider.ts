import { identifierOf } from '../metering/collect.ts'
import { defineMutant } from './define.ts'
import { collectAgain } from './support/usage.ts'

export const m2 = defineMutant({
  id: 'M2',
  defect: 'M2',
  summary: 'only the identifier of a window keeps its usage from being counted again',
  apply({ parts }) {
    parts.collect = collectAgain({
      known: 'sent again',
      identifierOf: (tenant, group) => identifierOf(tenant, group, 0),
    })
  },
})
