import { defineMutant } from './define.ts'

export const m17 = defineMutant({
  id: 'M17',
  defect: 'M17',
  summary: 'whatever a sync names is taken for a customer',
  seen: 'flexprice: only entity_id is used, always as a customer',
  apply({ parts }) {
    const { scopeOf } = parts
    parts.scopeOf = (wish, now) => scopeOf({ ...wish, entity_type: 'customer' }, now)
  },
})
