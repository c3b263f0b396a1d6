import type { Database } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import type { Inventory } from './inventory.ts'
import { findColumn, hint } from './names.ts'
import { quoteIdentifier, quoteName } from './quoting.ts'

const times = new Set(['timestamptz', 'timestamp', 'date'])
const wholeNumbers = new Set(['int4', 'int8', 'numeric'])

/** Numbers that count seconds or milliseconds since 1970: nothing was saved before 2001. */
const leastSeconds = 1e9
const leastMilliseconds = 1e12

/**
 * The newest value of the declared columns, as ISO time: how fresh the content is, whatever the file says. Times without a zone count as
 * UTC, numbers as seconds or milliseconds since 1970; infinity counts as nothing.
 */
export async function readWatermark(
  database: Database,
  inventory: Inventory,
  columns: readonly string[],
): Promise<{ watermark?: string; findings: Finding[] }> {
  const findings: Finding[] = []
  let newest: number | undefined
  for (const text of columns) {
    const found = findColumn(inventory, text)
    const type = found?.relation.columns.find(({ name }) => name === found.column)?.baseType ?? ''
    if (!found || !(times.has(type) || wholeNumbers.has(type))) {
      const reason = found ? 'holds no time' : `is not there${hint(inventory, text.replace(/\.[^.]*$/, ''))}`
      findings.push(finding('TABLE_MISSING', 'check', `the watermark ${text} ${reason}`, { object: text }))
      continue
    }
    const value = await newestOf(database, quoteName(found.relation), quoteIdentifier(found.column), times.has(type))
    if (value !== undefined && (newest === undefined || value > newest)) newest = value
  }
  if (newest === undefined && columns.length > findings.length) {
    const message = `no row of ${columns.join(', ')} tells how fresh the content is`
    findings.push(finding('RPO_EXCEEDED', 'check', message, { object: columns[0] }))
  }
  return { findings, ...(newest !== undefined && { watermark: new Date(newest).toISOString() }) }
}

async function newestOf(
  database: Database,
  table: string,
  column: string,
  isTime: boolean,
): Promise<number | undefined> {
  const expression = isTime
    ? `pg_catalog.date_part('epoch', pg_catalog.max(${column}) filter (where pg_catalog.isfinite(${column})))`
    : `pg_catalog.max(${column})`
  const [row] = await database.query(`select ${expression}::text as newest from ${table}`)
  if (row?.newest == null) return undefined
  const number = Number(row.newest)
  if (isTime) return bounded(number * 1000)
  if (number >= leastMilliseconds) return bounded(number)
  return number >= leastSeconds ? bounded(number * 1000) : undefined
}

/** What a Date can hold. */
const bounded = (ms: number): number | undefined => (Math.abs(ms) <= 8.64e15 ? ms : undefined)
