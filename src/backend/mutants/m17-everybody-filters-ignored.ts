import { defineMutant } from './define.ts'

export const m17Everybody = defineMutant({
  id: 'M17-everybody',
  defect: 'M17',
  summary: 'a sync is about everybody, whomever it names',
  apply({ parts }) {
    const { scopeOf } = parts
    parts.scopeOf = (wish, now) => {
      const { from, to } = scopeOf(wish, now)
      return { from, to }
    }
  },
})
