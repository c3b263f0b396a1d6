import { defineMutant } from './define.ts'
import { onFacts } from './support/story.ts'

export const e10 = defineMutant({
  id: 'E10',
  defect: 'E10',
  summary: 'disputes are not known',
  apply(target) {
    onFacts(target, (fact) => (fact.kind === 'dispute' ? undefined : fact))
  },
})
