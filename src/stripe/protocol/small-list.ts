import type { LooseParams } from '../wire.ts'

/** A page of a few objects that are not a table of their own, newest first, by `limit`, `starting_after` and `ending_before`. */
export function pageOf<Item extends { id: string }>(items: readonly Item[], params: LooseParams, url: string) {
  const limit = typeof params.limit === 'number' ? params.limit : 10
  const after = items.findIndex(({ id }) => id === params.starting_after)
  const before = items.findIndex(({ id }) => id === params.ending_before)
  const until = before < 0 ? items.length : before
  const from = before < 0 ? after + 1 : Math.max(0, before - limit)
  const data = items.slice(from, Math.min(until, from + limit))
  return { object: 'list' as const, data, has_more: before < 0 ? from + limit < until : from > 0, url }
}
