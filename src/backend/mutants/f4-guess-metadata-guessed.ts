import { defineMutant } from './define.ts'
import { onFacts } from './support/story.ts'

export const f4Guess = defineMutant({
  id: 'F4-guess',
  defect: ['F4'],
  summary: 'a purchase without a buyer goes to the first user there is',
  apply(target) {
    onFacts(target, (fact) =>
      fact.kind === 'captured' ? { ...fact, buyer: { user: 'undefined', item: 'black', ...fact.buyer } } : fact,
    )
  },
})
