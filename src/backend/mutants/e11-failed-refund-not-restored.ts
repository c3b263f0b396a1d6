import { defineMutant } from './define.ts'
import { onFacts } from './support/story.ts'

export const e11 = defineMutant({
  id: 'E11',
  defect: 'E11',
  summary: 'a refund that failed is not noticed',
  apply(target) {
    onFacts(target, (fact) => (fact.kind === 'refund' && fact.state === 'failed' ? undefined : fact))
  },
})
