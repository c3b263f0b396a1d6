import { defineMutant } from './define.ts'

export const a25 = defineMutant({
  id: 'A25',
  defect: 'A25',
  summary: 'events of the other mode take effect',
  apply({ parts }) {
    parts.isOurMode = () => true
  },
})
