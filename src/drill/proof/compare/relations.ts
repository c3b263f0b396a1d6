import { type ColumnShape, nameOf, type RelationShape } from '../inventory.ts'
import type { Report } from './inventory.ts'

/** Columns that were lost or changed; the rest of what makes a table or view what it was. */
export function compareColumns(
  wanted: RelationShape,
  found: RelationShape,
  isSameMajor: boolean,
  report: Report,
): void {
  const table = nameOf(wanted)
  if (wanted.kind !== found.kind) report('SCHEMA_DELTA', table, `${table} is a ${found.kind}, and was a ${wanted.kind}`)
  if (wanted.rowSecurity && !found.rowSecurity)
    report('SCHEMA_DELTA', table, `row security of ${table} is off, and was on`)
  if (wanted.kind === 'matview' && wanted.populated && !found.populated)
    report('MATVIEW_UNPOPULATED', table, `the materialised view ${table} was never filled, and was before`)
  if (isSameMajor && wanted.definition !== found.definition)
    report('SCHEMA_DELTA', table, `the query of ${table} is another than it was`, 'remark')
  const columns = new Map(found.columns.map((each) => [each.name, each]))
  for (const column of wanted.columns) {
    const same = columns.get(column.name)
    const change = same ? changeOf(column, same) : 'is missing'
    const name = `${table}.${column.name}`
    if (change) report('SCHEMA_DELTA', name, `column ${name} ${change}`)
    else if (isSameMajor && same && column.expression !== same.expression)
      report('SCHEMA_DELTA', name, `column ${name} has another default than it had`, 'remark')
  }
}

function changeOf(wanted: ColumnShape, found: ColumnShape): string | undefined {
  if (wanted.type !== found.type) return `is ${found.type}, and was ${wanted.type}`
  if (wanted.notNull && !found.notNull) return 'lost its NOT NULL'
  if (wanted.generated !== found.generated) return 'is generated in another way'
  if (wanted.identity !== found.identity) return 'lost or changed its identity'
  if (wanted.expression !== null && found.expression === null) return 'lost its default'
  return undefined
}
