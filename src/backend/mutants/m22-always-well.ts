import { defineMutant } from './define.ts'

export const m22 = defineMutant({
  id: 'M22',
  defect: 'M22',
  summary: 'the share of batches that were counted is told as one',
  apply({ parts }) {
    parts.successRate = () => 1
  },
})
