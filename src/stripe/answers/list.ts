import type { StoredRecord } from '../../store/record.ts'
import type { PageQuery } from '../../store/table.ts'
import type { OperationContext } from '../define.ts'
import { limitOf, pageQuery } from '../protocol/page.ts'
import { decodePageToken, encodePageToken } from '../protocol/page-token.ts'
import type { Json } from '../protocol/shape.ts'
import { type Holder, needHolders, parentFields, type Run } from './run.ts'

/** A page of a list: filtered, newest first; v2 lists are paged by token. */
export function answerList(run: Run): Json {
  const { operation } = run
  const parents = needHolders(run)
  const object = operation.type?.object
  if (object === undefined) return v1List(run, [], false)
  if (operation.isV2) return answerV2List(run, object, parents)
  const table = run.context.account.store.table(object)
  const page = table.page(queryOf(run, object, parents))
  return v1List(run, page.records, page.hasMore)
}

function queryOf(run: Run, object: string, parents: readonly (Holder | undefined)[]): PageQuery {
  const table = run.context.account.store.table(object)
  const where = parentFields(run.operation.type!, parents)
  const generic = { ...run.params }
  for (const name of run.resource?.ownFilters ?? []) delete generic[name]
  const query = pageQuery(run.operation, generic, where, table)
  return withTest(query, [isOfParent(run, parents, where), keepsOwn(run)])
}

/** What the resource's own `list` lets through. */
function keepsOwn({ context, params, path, resource }: Run): Test {
  const list = resource?.list
  if (!list) return undefined
  const own: OperationContext = Object.assign(context, { params, path })
  return (record) => list(record as never, own)
}

/** Records whose type has no field for their parent are told apart by what they were created under. */
function isOfParent(
  { context }: Run,
  parents: readonly (Holder | undefined)[],
  where: Record<string, string>,
): ((record: StoredRecord) => boolean) | undefined {
  const parent = parents.at(-1)
  if (!parent || Object.values(where).includes(parent.record.id)) return undefined
  return (record) => context.account.store.parents.get(record.id) === parent.record.id
}

type Test = ((record: StoredRecord) => boolean) | undefined

function withTest(query: PageQuery, tests: Test[]): PageQuery {
  const all = [query.keep, ...tests].filter((test) => test !== undefined)
  return all.length === 0 ? query : { ...query, keep: (record) => all.every((test) => test(record)) }
}

const v1List = (run: Run, data: StoredRecord[], hasMore: boolean): Json => ({
  object: 'list',
  data,
  has_more: hasMore,
  url: run.url,
})

function answerV2List(run: Run, object: string, parents: readonly (Holder | undefined)[]): Json {
  const offset = decodePageToken(run.params.page)
  const limit = limitOf(run.params)
  const table = run.context.account.store.table(object)
  const { records, hasMore } = table.page({ ...queryOf(run, object, parents), limit: offset + limit })
  return {
    data: records.slice(offset),
    next_page_url: hasMore ? pageUrl(run, limit, offset + limit) : null,
    previous_page_url: offset > 0 ? pageUrl(run, limit, Math.max(0, offset - limit)) : null,
  }
}

/** The same question for another page. */
function pageUrl({ url, params }: Run, limit: number, offset: number): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) {
    if (Array.isArray(value)) for (const [at, item] of value.entries()) query.set(`${name}[${at}]`, String(item))
    else if (typeof value !== 'object') query.set(name, String(value))
  }
  query.set('limit', String(limit))
  query.set('page', encodePageToken(offset))
  return `${url}?${query}`
}
