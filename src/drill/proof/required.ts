import { type Finding, finding } from '../findings.ts'
import type { Expectations } from './expectations.ts'
import { type Inventory, nameOf, type RelationShape } from './inventory.ts'
import { findRelations, hint } from './names.ts'

/** Rows of a table with those of its partitions and children; undefined for what cannot be counted. */
export type CountRows = (relation: RelationShape) => Promise<number>

/** Tables that must be there with as many rows as declared. */
export async function checkRequired(
  inventory: Inventory,
  tables: Expectations['tables'],
  count: CountRows,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [name, least] of Object.entries(tables)) {
    const found = findRelations(inventory, name)
    if (found.length === 0) {
      const message = `${name} is required and is not in the restored database${hint(inventory, name)}`
      findings.push(finding('TABLE_MISSING', 'check', message, { object: name }))
      continue
    }
    if (least === 0) continue
    // Counting a foreign table would ask another server.
    let rows = 0
    for (const relation of found.filter(({ kind }) => kind !== 'foreign')) rows = Math.max(rows, await count(relation))
    if (rows < least) {
      const message = `${name}: ${rows} rows, at least ${least} are required`
      findings.push(finding('ROWS_BELOW_MIN', 'check', message, { object: name }))
    }
  }
  return findings
}

/** A backup of a database in use has tables and rows, whatever they are called. */
export function checkSubstance(inventory: Inventory, rows: number, tables: Expectations['tables']): Finding[] {
  const own = inventory.relations.filter(({ kind, ofExtension }) => kind !== 'foreign' && !ofExtension)
  const withRows = own.filter(({ kind }) => kind === 'table' || kind === 'partitioned')
  const hasOthers = own.length > 0 || inventory.routines.length > 0 || inventory.largeObjects.count > 0
  if (!hasOthers) return [finding('EMPTY', 'check', 'the restored database has no table', { object: 'tables' })]
  if (withRows.length === 0 || rows > 0 || inventory.largeObjects.count > 0) return []
  if (withRows.every((each) => tables[each.name] === 0 || tables[nameOf(each)] === 0)) return []
  const message = `${withRows.length} tables, and not one row in all of them: was it dumped with --schema-only?`
  return [finding('ROWS_BELOW_MIN', 'check', message, { object: withRows.map(nameOf).sort()[0] })]
}

/** Objects of any kind that must be there. */
export function checkObjects(inventory: Inventory, wanted: readonly string[]): Finding[] {
  const named = [
    ...inventory.relations,
    ...inventory.indexes,
    ...inventory.sequences,
    ...inventory.routines,
    ...inventory.types,
    ...inventory.triggers,
    ...inventory.constraints,
    ...inventory.others,
  ]
  const there = new Set([
    ...named.flatMap((each) => [each.name, nameOf(each)]),
    ...inventory.routines.flatMap(({ schema, signature }) => [signature, `${schema}.${signature}`]),
    ...inventory.extensions.map(({ name }) => name),
    ...inventory.schemas,
  ])
  return wanted
    .filter((name) => !there.has(name))
    .map((name) => finding('OBJECTS_MISSING', 'check', `${name} is required and is not there`, { object: name }))
}
