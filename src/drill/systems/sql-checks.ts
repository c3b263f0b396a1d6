import { type Finding, finding } from '../findings.ts'
import { judge } from '../proof/assertions.ts'
import type { Assertion, Expectations } from '../proof/expectations.ts'

export interface SystemTable {
  name: string
  /** How a statement names it. */
  sql: string
  rows: number
  columns: readonly string[]
}

/** As much of a database as the checks that every SQL system shares need to know. */
export interface SqlDatabase {
  tables: readonly SystemTable[]
  /** Names of views, triggers, procedures, functions, events. */
  objects: readonly string[]
  /** One identifier as a statement writes it. */
  quote(name: string): string
  /** First columns as text, null for NULL. Throws SqlTrouble. */
  ask(sql: string): Promise<Record<string, string | null>[]>
}

/** A statement that the server refused; the message holds no value of a row. */
export class SqlTrouble extends Error {
  override readonly name = 'SqlTrouble'
}

/** Required tables and objects, substance, declared references, assertions: what the configuration says of any SQL database. */
export async function checkSql(database: SqlDatabase, expectations: Expectations): Promise<Finding[]> {
  return [
    ...checkSubstance(database, expectations),
    ...checkTables(database, expectations),
    ...checkObjects(database, expectations.objects),
    ...(await checkSoftKeys(database, expectations.softKeys)),
    ...(await checkAssertions(database, expectations)),
  ]
}

const bare = (name: string): string => name.replace(/^.*\./, '')

const findTable = ({ tables }: SqlDatabase, name: string): SystemTable | undefined =>
  tables.find((each) => each.name === name) ??
  tables.find((each) => bare(each.name).toLowerCase() === bare(name).toLowerCase())

function checkSubstance({ tables }: SqlDatabase, { tables: wanted }: Expectations): Finding[] {
  if (tables.length === 0)
    return [finding('TABLE_MISSING', 'check', 'the restored database has no table', { object: 'tables' })]
  if (tables.some(({ rows }) => rows > 0) || tables.every(({ name }) => wanted[name] === 0)) return []
  const message = `${tables.length} tables, and not one row in all of them`
  return [finding('ROWS_BELOW_MIN', 'check', message, { object: tables[0]?.name })]
}

function checkTables(database: SqlDatabase, { tables }: Expectations): Finding[] {
  return Object.entries(tables).flatMap(([name, least]) => {
    const found = findTable(database, name)
    if (!found) return [finding('TABLE_MISSING', 'check', `${name} is required and is not there`, { object: name })]
    if (found.rows >= least) return []
    const message = `${name}: ${found.rows} rows, at least ${least} are required`
    return [finding('ROWS_BELOW_MIN', 'check', message, { object: name })]
  })
}

const checkObjects = ({ objects, tables }: SqlDatabase, wanted: readonly string[]): Finding[] => {
  const there = new Set([...objects, ...tables.map(({ name }) => name)].map((name) => name.toLowerCase()))
  return wanted
    .filter((name) => !there.has(bare(name).toLowerCase()))
    .map((name) => finding('OBJECTS_MISSING', 'check', `${name} is required and is not there`, { object: name }))
}

async function checkSoftKeys(database: SqlDatabase, softKeys: Expectations['softKeys']): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [source, target] of Object.entries(softKeys)) {
    const [from, to] = [columnOf(database, source), columnOf(database, target)]
    if (!from || !to) {
      const lost = (from ? target : source).replace(/\.[^.]*$/, '')
      findings.push(
        finding('TABLE_MISSING', 'check', `a declared reference names ${lost}, which is not there`, { object: lost }),
      )
      continue
    }
    const orphans = await countOrphans(database, keyOf(from), keyOf(to))
    if (orphans > 0)
      findings.push(orphaned(from.table.name, `${orphans} rows of ${source} refer to ${target} that are not there`))
  }
  return findings
}

export const orphaned = (table: string, message: string): Finding =>
  finding('ORPHANS', 'check', message, { object: table })

interface Place {
  table: SystemTable
  column: string
}

function columnOf(database: SqlDatabase, text: string): Place | undefined {
  const [table, column] = [text.replace(/\.[^.]*$/, ''), text.replace(/^.*\./, '')]
  const found = findTable(database, table)
  return found?.columns.includes(column) ? { table: found, column } : undefined
}

/** Columns of a table that refer to those of another, or that are referred to. */
export interface Key {
  /** As a statement writes it. */
  table: string
  columns: readonly string[]
}

const keyOf = ({ table, column }: Place): Key => ({ table: table.sql, columns: [column] })

/** Rows whose key is not there; one with a NULL in it refers to nothing. */
export async function countOrphans({ ask, quote }: SqlDatabase, from: Key, to: Key): Promise<number> {
  const given = from.columns.map((column) => `c.${quote(column)} is not null`).join(' and ')
  const same = from.columns.map((column, at) => `r.${quote(to.columns[at] ?? '')} = c.${quote(column)}`).join(' and ')
  const [row] = await ask(
    `select count(*) as orphans from ${from.table} c where ${given} and not exists
      (select 1 from ${to.table} r where ${same})`,
  )
  return Number(row?.orphans ?? 0)
}

async function checkAssertions({ ask }: SqlDatabase, { assertions }: Expectations): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const assertion of assertions) {
    const trouble = await ask(assertion.sql.replace(/;\s*$/, '')).then(
      (rows) =>
        judge(
          assertion,
          rows.map((row) => asTruth(row, assertion)),
        ),
      (error: unknown) => {
        if (!(error instanceof SqlTrouble)) throw error
        return { reason: `it cannot be evaluated: ${error.message}`, exit: 1 as const }
      },
    )
    if (!trouble) continue
    const message = `assertion "${assertion.name}": ${trouble.reason}`
    findings.push(finding('ASSERTION_FAILED', 'check', message, { object: assertion.name, exit: trouble.exit }))
  }
  return findings
}

/** These systems have no booleans: a condition answers 1 or 0. */
function asTruth(
  row: Record<string, string | null>,
  { equals, atLeast, atMost }: Assertion,
): Record<string, string | null> {
  const value = Object.values(row)[0] ?? null
  const isCondition = equals === undefined && atLeast === undefined && atMost === undefined
  if (value === '0' && (isCondition || equals === false)) return { value: 'f' }
  return { value: value === '1' && equals === true ? 't' : value }
}

/** The newest of the declared columns, as ISO time: text times as UTC, numbers as seconds or milliseconds since 1970. */
export async function readSqlWatermark(
  database: SqlDatabase,
  columns: readonly string[],
): Promise<{ watermark?: string; findings: Finding[] }> {
  const findings: Finding[] = []
  let newest: number | undefined
  for (const text of columns) {
    const place = columnOf(database, text)
    if (!place) {
      findings.push(finding('TABLE_MISSING', 'check', `the watermark ${text} is not there`, { object: text }))
      continue
    }
    const [row] = await database.ask(`select max(${database.quote(place.column)}) as newest from ${place.table.sql}`)
    const at = instantOf(row?.newest ?? null)
    if (at !== undefined && (newest === undefined || at > newest)) newest = at
  }
  if (newest === undefined && columns.length > findings.length)
    findings.push(
      finding('RPO_EXCEEDED', 'check', `no row of ${columns.join(', ')} tells how fresh the content is`, {
        object: columns[0],
      }),
    )
  return { findings, ...(newest !== undefined && { watermark: new Date(newest).toISOString() }) }
}

function instantOf(text: string | null): number | undefined {
  if (text === null) return undefined
  if (/^\d+(\.\d+)?$/.test(text)) {
    const number = Number(text)
    return number >= 1e12 ? number : number >= 1e9 ? number * 1000 : undefined
  }
  const hasZone = /(?:Z|[+-]\d\d:?\d\d)$/.test(text)
  const at = Date.parse(/\d\d:\d\d/.test(text) && !hasZone ? `${text.replace(' ', 'T')}Z` : text)
  return Number.isNaN(at) ? undefined : at
}
