import type { StoredRecord } from '../../store/record.ts'
import type { RecordTable } from '../../store/table.ts'
import type { View } from './view.ts'

export const pageSize = 25

export interface ListPage<Item> {
  items: readonly Item[]
  /** Links to the neighbouring pages; undefined at the ends. */
  newer?: string | undefined
  older?: string | undefined
}

type Params = Readonly<Record<string, string | undefined>>

/** The page of a table that `?after=` and `?before=` ask for, newest first. Only what is shown is looked at, unless `keep` filters. */
export function pageOfTable(
  view: View,
  table: RecordTable,
  path: string,
  params: Params,
  keep?: (record: StoredRecord) => boolean,
): ListPage<StoredRecord> {
  const filter = { limit: pageSize, ...(keep && { keep }) }
  const before = view.query.get('before') ?? undefined
  const newer = before === undefined ? undefined : table.page({ ...filter, endingBefore: before })
  const after = view.query.get('after') ?? undefined
  const isNewer = newer?.hasMore === true
  const startingAfter = before === undefined ? after : undefined
  const { records, hasMore } = isNewer
    ? newer
    : table.page({ ...filter, ...(startingAfter !== undefined && { startingAfter }) })
  const [first, last] = [records[0], records.at(-1)]
  return {
    items: records,
    newer:
      isNewer || (startingAfter !== undefined && first)
        ? view.href(path, { ...params, before: first?.id })
        : startingAfter === undefined
          ? undefined
          : view.href(path, params),
    older: last && (isNewer || hasMore) ? view.href(path, { ...params, after: last.id }) : undefined,
  }
}

/** The page of a list in memory that `?after=` asks for by id; the list is newest first. */
export function pageOfList<Item extends { id: string }>(
  view: View,
  list: readonly Item[],
  path: string,
  params: Params,
): ListPage<Item> {
  const after = view.query.get('after')
  const start = after === null ? 0 : list.findIndex(({ id }) => id === after) + 1
  const items = list.slice(start, start + pageSize)
  const before = list[start - pageSize - 1]
  return {
    items,
    newer: start === 0 ? undefined : view.href(path, { ...params, after: before?.id }),
    older: start + pageSize < list.length ? view.href(path, { ...params, after: items.at(-1)?.id }) : undefined,
  }
}
