import { limitOf } from '../protocol/page.ts'
import { decodePageToken, encodePageToken } from '../protocol/page-token.ts'
import { parseQuery } from '../protocol/search.ts'
import type { Json } from '../protocol/shape.ts'
import type { Run } from './run.ts'

/** A page of what a query finds, newest first. Unlike at Stripe, changes are found at once. */
export function answerSearch(run: Run): Json {
  const { operation, params, context } = run
  const table = context.account.store.table(operation.type?.object ?? '')
  const query = parseQuery(String(params.query ?? ''))
  const limit = limitOf(params)
  const offset = decodePageToken(params.page)
  const { records, hasMore } = table.page({ ...query, limit: offset + limit })
  return {
    object: 'search_result',
    data: records.slice(offset),
    has_more: hasMore,
    next_page: hasMore ? encodePageToken(offset + limit) : null,
    url: run.url,
  }
}
