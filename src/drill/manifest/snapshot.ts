import type { Database } from '../engines/define.ts'
import { type Inventory, nameOf, type RelationShape } from '../proof/inventory.ts'
import { quoteName } from '../proof/quoting.ts'
import { readInventory } from '../proof/read-inventory.ts'
import { copyStatement, prepareStream, sumStream } from '../proof/stream.ts'

export interface TableCount {
  schema: string
  name: string
  rows: number
  sha256?: string
}

export interface Snapshot {
  inventory: Inventory
  tables: TableCount[]
  /** `schema.name` of tables that the login may not read. */
  unreadable: string[]
}

export interface SnapshotOptions {
  /** Also SHA-256 of every table's COPY stream: reads every row once more. */
  hash: boolean
  signal: AbortSignal
  progress?(done: number, total: number, table: string): void
}

/**
 * What a live database consists of and how many rows it holds, within the transaction that the caller has begun. Nothing of the
 * database's own is run, and nothing is written.
 */
export async function readSnapshot(database: Database, { hash, signal, progress }: SnapshotOptions): Promise<Snapshot> {
  const inventory = await readInventory(database)
  await prepareStream(database)
  const own = inventory.relations.filter(({ kind, ofExtension }) => kind === 'table' && !ofExtension)
  const tables: TableCount[] = []
  const unreadable: string[] = []
  for (const [index, relation] of own.entries()) {
    signal.throwIfAborted()
    progress?.(index, own.length, nameOf(relation))
    if (await mayRead(database, relation)) tables.push(await count(database, relation, hash))
    else unreadable.push(nameOf(relation))
  }
  return { inventory, tables, unreadable }
}

async function mayRead(database: Database, relation: RelationShape): Promise<boolean> {
  const [row] = await database.query(
    `select (pg_catalog.has_schema_privilege(n.oid, 'USAGE') and pg_catalog.has_table_privilege(c.oid, 'SELECT'))::text as may
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2`,
    [relation.schema, relation.name],
  )
  return row?.may === 'true'
}

async function count(database: Database, relation: RelationShape, hash: boolean): Promise<TableCount> {
  const { schema, name } = relation
  if (hash) {
    const { rows, sha256 } = await sumStream(database.copyOut(copyStatement(relation, {})))
    return { schema, name, rows, sha256 }
  }
  const [row] = await database.query(`select count(*)::text as rows from only ${quoteName(relation)}`)
  return { schema, name, rows: Number(row?.rows ?? 0) }
}
