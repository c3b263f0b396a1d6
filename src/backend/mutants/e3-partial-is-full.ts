import { defineMutant } from './define.ts'

export const e3 = defineMutant({
  id: 'E3',
  defect: 'E3',
  summary: 'a partial refund takes everything back',
  apply({ parts }) {
    const { standingOf } = parts
    parts.standingOf = (known) => {
      const standing = standingOf(known)
      return standing.refunded > 0 ? { ...standing, cards: 'revoked' } : standing
    }
  },
})
