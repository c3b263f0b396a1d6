import { defineMutant } from './define.ts'
import { onFacts } from './support/story.ts'

export const e10Lost = defineMutant({
  id: 'E10-lost',
  defect: 'E10',
  summary: 'a closed dispute gives the goods back, whoever won it',
  apply(target) {
    onFacts(target, (fact) => (fact.kind === 'dispute' && fact.state === 'lost' ? { ...fact, state: 'won' } : fact))
  },
})
