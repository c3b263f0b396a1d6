import { defineMutant } from './define.ts'

export const c5 = defineMutant({
  id: 'C5',
  defect: 'C5',
  summary: 'a failed attempt takes the goods back, also when another one succeeded',
  apply({ parts }) {
    const { standingOf } = parts
    parts.standingOf = (known) => {
      const standing = standingOf(known)
      return known.isFailed ? { ...standing, status: 'failed', cards: 'revoked' } : standing
    }
  },
})
