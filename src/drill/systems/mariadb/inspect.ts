import { type Finding, finding } from '../../findings.ts'
import { countOrphans, orphaned, type SqlDatabase, SqlTrouble, type SystemTable } from '../sql-checks.ts'
import type { ColumnShape } from './canonical.ts'

/** Databases of the server itself. */
export const ofServer = ['mysql', 'information_schema', 'performance_schema', 'sys']
const system = `(${ofServer.map((name) => `'${name}'`).join(', ')})`

const quote = (name: string): string => `\`${name.replaceAll('`', '``')}\``
const quoteIn = (database: string | null | undefined, name: string | null | undefined): string =>
  `${quote(database ?? '')}.${quote(name ?? '')}`

type Ask = SqlDatabase['ask']

export interface MariadbTable extends SystemTable {
  database: string
  nameThere: string
  shape: readonly ColumnShape[]
  /** It shows the rows of other tables, which are dumped there. */
  isMerge: boolean
}

export interface MariadbDatabase extends SqlDatabase {
  tables: readonly MariadbTable[]
  views: readonly Pick<MariadbTable, 'name' | 'sql' | 'database' | 'nameThere'>[]
}

/**
 * Tables with their rows, and everything else that has a name. Tables of several databases are called `database.table`; `withHistory`: rows of
 * the past of versioned tables count.
 */
export async function readDatabase(ask: Ask, scratch: string, withHistory = false): Promise<MariadbDatabase> {
  const named = await ask(`select table_schema as db, table_name as name, table_type as kind, engine as engine,
      data_length as bytes from information_schema.tables
    where table_schema not in ${system} order by 1, 2`)
  const databases = new Set(named.map(({ db }) => db))
  const call = (db: string | null | undefined, name: string | null | undefined): string =>
    databases.size > 1 || (databases.size === 1 && !databases.has(scratch)) ? `${db}.${name}` : (name ?? '')
  const columns =
    await ask(`select table_schema as db, table_name as name, column_name as col, data_type as type, is_nullable as nullable,
      extra as extra, numeric_scale as scale from information_schema.columns
    where table_schema not in ${system} order by ordinal_position`)
  const tables: MariadbTable[] = []
  const found = named.filter(({ kind }) => /^(BASE TABLE|SYSTEM VERSIONED)$/.test(kind ?? ''))
  const counts = await countRows(
    ask,
    found.map(({ db, name, kind, bytes }) => ({
      sql: `${quoteIn(db, name)}${withHistory && kind === 'SYSTEM VERSIONED' ? ' for system_time all' : ''}`,
      bytes: Number(bytes),
    })),
  )
  for (const [at, { db, name, engine }] of found.entries()) {
    const own = columns.filter((each) => each.db === db && each.name === name)
    tables.push({
      name: call(db, name),
      database: db ?? '',
      nameThere: name ?? '',
      sql: quoteIn(db, name),
      rows: counts[at] ?? 0,
      columns: own.map(({ col }) => col ?? ''),
      shape: own.map(shapeOf),
      isMerge: /^mrg_/i.test(engine ?? ''),
    })
  }
  const viewed = named.filter(({ kind }) => kind === 'VIEW')
  const views = viewed.map(({ db, name }) => ({
    name: call(db, name),
    sql: quoteIn(db, name),
    database: db ?? '',
    nameThere: name ?? '',
  }))
  const others =
    await ask(`select routine_name as name from information_schema.routines where routine_schema not in ${system}
    union all select event_name from information_schema.events where event_schema not in ${system}
    union all select trigger_name from information_schema.triggers where trigger_schema not in ${system}`)
  return { tables, views, objects: [...viewed, ...others].map(({ name }) => name ?? ''), quote, ask }
}

/** Tables that one statement counts, and their bytes: each statement is a program that starts, and has its own time limit. */
const [mostAtOnce, bytesAtOnce] = [50, 1 << 26]

async function countRows(ask: Ask, tables: readonly { sql: string; bytes: number }[]): Promise<number[]> {
  const counts: number[] = []
  for (let at = 0; at < tables.length; at = counts.length) {
    let end = at + 1
    for (let bytes = tables[at]?.bytes ?? 0; end < tables.length && end - at < mostAtOnce; end++) {
      bytes += tables[end]?.bytes ?? 0
      if (bytes > bytesAtOnce) break
    }
    const parts = tables.slice(at, end).map(({ sql }, part) => `select ${part} as part, count(*) as n from ${sql}`)
    const rows = await ask(`${parts.join(' union all ')} order by part`)
    counts.push(...parts.map((_, part) => Number(rows[part]?.n ?? 0)))
  }
  return counts
}

const shapeOf = ({ col, type, nullable, extra, scale }: Record<string, string | null>): ColumnShape => ({
  name: col ?? '',
  type: type ?? '',
  isNullable: nullable === 'YES',
  isInvisible: /\bINVISIBLE\b/i.test(extra ?? ''),
  isGenerated: /\bGENERATED\b/i.test(extra ?? ''),
  scale: scale === null || scale === undefined ? undefined : Number(scale),
})

/**
 * CHECK TABLE reads every table and resolves every view. CHECKSUM TABLE is no help: it differs from run to run where a column is generated
 * and stored.
 */
export async function checkTables({ tables, views, ask }: MariadbDatabase, depth: 'fast' | 'full'): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { name, sql } of tables) {
    const rows = await ask(`check table ${sql} ${depth === 'full' ? 'extended' : 'quick'}`)
    const bad = rows.find(
      ({ Msg_type: type, Msg_text: text }) => type === 'error' || (type === 'status' && text !== 'OK'),
    )
    if (bad) findings.push(finding('CORRUPT', 'check', `CHECK TABLE finds ${name} damaged`, { object: name }))
  }
  for (const { name, sql } of views) {
    const rows = await ask(`check table ${sql}`).catch((error: unknown) => {
      if (error instanceof SqlTrouble) return [{ Msg_type: 'error', Msg_text: '' }]
      throw error
    })
    if (!rows.some(({ Msg_type: type }) => type?.toLowerCase() === 'error')) continue
    const message = `the view ${name} refers to something that is not there`
    findings.push(finding('OBJECTS_MISSING', 'check', message, { object: name }))
  }
  return findings
}

/** A dump switches foreign keys off while it is loaded, so nothing has looked at them. */
export async function checkForeignKeys(database: SqlDatabase, known: readonly string[]): Promise<Finding[]> {
  const columns =
    await database.ask(`select constraint_name as name, table_schema as db, table_name as tab, column_name as col,
      referenced_table_schema as rdb, referenced_table_name as rtab, referenced_column_name as rcol
    from information_schema.key_column_usage where referenced_table_name is not null and table_schema not in ${system}
    order by ordinal_position`)
  const keys = new Map<string, typeof columns>()
  for (const each of columns) {
    const key = JSON.stringify([each.db, each.tab, each.name])
    keys.set(key, [...(keys.get(key) ?? []), each])
  }
  const findings: Finding[] = []
  for (const parts of keys.values()) {
    const [key] = parts
    if (!key) continue
    const count = await countOrphans(
      database,
      { table: quoteIn(key.db, key.tab), columns: parts.map(({ col }) => col ?? '') },
      { table: quoteIn(key.rdb, key.rtab), columns: parts.map(({ rcol }) => rcol ?? '') },
    ).catch((error: unknown) => {
      if (error instanceof SqlTrouble) return 0
      throw error
    })
    if (count === 0) continue
    const source = parts.map(({ col }) => `${key.tab}.${col}`).join(', ')
    const message = `${count} rows of ${source} refer to ${key.rtab} that are not there (${key.name})`
    const found = orphaned(key.tab ?? '', message)
    findings.push(known.includes(key.name ?? '') ? { ...found, exit: 0 } : found)
  }
  return findings
}
