import { defineMutant } from './define.ts'

export const g18 = defineMutant({
  id: 'G18',
  defect: 'G18',
  summary: 'provider keys are kept as they are',
  seen: 'flexprice: in clear where encryption is not configured',
  apply({ parts }) {
    parts.seal = (key) => key
  },
})
