import { defineMutant } from './define.ts'

export const m19 = defineMutant({
  id: 'M19',
  defect: 'M19',
  summary: 'every range of time is taken',
  apply({ parts }) {
    parts.scopeOf = (wish) => ({
      from: Date.parse(wish.time_from),
      to: Date.parse(wish.time_to),
      ...(wish.entity_id && (wish.entity_type === 'meter' ? { meter: wish.entity_id } : { customer: wish.entity_id })),
    })
  },
})
