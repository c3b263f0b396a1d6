import { defineMutant } from './define.ts'

export const a26 = defineMutant({
  id: 'A26',
  defect: 'A26',
  summary: 'production takes money with a test key',
  apply({ backend }) {
    backend.problems = []
  },
})
