import { identifierOf } from '../metering/collect.ts'
import { defineMutant } from './define.ts'
import { collectAgain } from './support/usage.ts'

export const m3 = defineMutant({
  id: 'M3',
  defect: 'M3',
  summary: 'a window that has a batch is left out, whatever came in since',
  seen: 'flexprice: one identifier per window',
  apply({ parts }) {
    parts.collect = collectAgain({ known: 'left out', identifierOf: (tenant, group) => identifierOf(tenant, group, 0) })
  },
})
