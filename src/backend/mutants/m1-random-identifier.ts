import { randomUUID } from 'node:crypto'
import { defineMutant } from './define.ts'
import { collectAgain } from './support/usage.ts'

export const m1 = defineMutant({
  id: 'M1',
  defect: 'M1',
  summary: 'every sync sends all usage of its range under new identifiers',
  apply({ parts }) {
    parts.collect = collectAgain({ known: 'another', identifierOf: () => randomUUID() })
  },
})
