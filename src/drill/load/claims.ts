import type { RestoreItem } from '../reading/define.ts'
import { TokenReader } from '../reading/sql/token-reader.ts'
import { firstTokens } from '../reading/sql/tokens.ts'

/**
 * What a step needs of a table while it runs, in the order of PostgreSQL's locks: rows are read (ACCESS SHARE), an index is built
 * (SHARE), a foreign key is checked (SHARE ROW EXCLUSIVE), the table is filled or changed.
 */
export type Need = 'read' | 'index' | 'reference' | 'alone'

/** Tables and sequences that a step needs, by name. */
export type Claim = ReadonlyMap<string, Need>

/** Which needs of others go together with each. */
const together: Record<Need, readonly Need[]> = {
  read: ['read', 'index', 'reference'],
  index: ['read', 'index'],
  reference: ['read'],
  alone: [],
}

/** Whether two steps must not run at the same time. */
export const areInConflict = (one: Claim, other: Claim): boolean =>
  someShared(one, other, (need, others) => !together[need].includes(others))

/** Whether two steps must run in their order: foreign keys wait for each other, and may come as they like. */
export const areInOrder = (one: Claim, other: Claim): boolean =>
  someShared(one, other, (need, others) => need !== others || need === 'alone')

function someShared(one: Claim, other: Claim, isSo: (need: Need, others: Need) => boolean): boolean {
  for (const [name, need] of one) {
    const others = other.get(name)
    if (others && isSo(need, others)) return true
  }
  return false
}

/** What ANALYZE needs. */
export const changes = (table: TableName): Claim => new Map([[keyOf(table), 'reference']])
/** What summing up a table needs; there is one session for it. */
export const sumsUp = (table: TableName): Claim =>
  new Map([
    [keyOf(table), 'read'],
    ['sums', 'alone'],
  ])

interface TableName {
  schema?: string | undefined
  name: string
}

/**
 * What a step of a dump needs, when it is one of those that may run beside others: rows, indexes, keys and the state of a sequence, as
 * pg_dump writes them. undefined: all before it must be done, and nothing runs beside it.
 */
export function claimOf(item: RestoreItem): Claim | undefined {
  if (item.kind === 'copy') return new Map([[keyOf(item.table), 'alone']])
  if (item.kind !== 'statement' || item.skip || item.optional || item.privileged) return undefined
  const { object, what, sql } = item
  if (what.startsWith('SELECT setval')) return new Map([[what, 'alone']])
  if (!object?.table) return undefined
  const table = { schema: object.schema, name: object.table }
  if (object.type === 'INDEX') return new Map([[keyOf(table), 'index']])
  if (object.type === 'TRIGGER') return new Map([[keyOf(table), 'reference']])
  if (object.type === 'CONSTRAINT') return new Map([[keyOf(table), 'alone']])
  if (object.type !== 'FK CONSTRAINT') return undefined
  const reader = new TokenReader(firstTokens(sql, 4000))
  const target = reader.find('references') ? reader.name() : undefined
  return target && new Map([table, target].map((each) => [keyOf(each), 'reference']))
}

const keyOf = ({ schema, name }: TableName): string => JSON.stringify([schema ?? '', name])
