import { defineMutant } from './define.ts'
import { isRefund, onFacts } from './support/story.ts'

export const e1 = defineMutant({
  id: 'E1',
  defect: 'E1',
  summary: 'no refund event is known',
  seen: 'versiful, quickscale: no refund event at all',
  apply(target) {
    onFacts(target, (fact) => (isRefund(fact) ? undefined : fact))
  },
})
