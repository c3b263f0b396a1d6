import type { Database } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import { type ConstraintShape, type Inventory, nameOf } from './inventory.ts'
import { findColumn, hint, isKnown } from './names.ts'
import { quoteIdentifier, quoteName } from './quoting.ts'
import type { Baseline } from './request.ts'

interface Reference {
  from: { schema: string; name: string; columns: string[] }
  to: { schema: string; name: string; columns: string[] }
}

/**
 * Rows whose reference leads nowhere, as MATCH SIMPLE counts them: a reference with a NULL in it is none. Operators of the column's type
 * are meant, so this runs in the owner's session: they may be the backup's own.
 */
export async function countOrphans(database: Database, { from, to }: Reference): Promise<number> {
  const filled = from.columns.map((name) => `c.${quoteIdentifier(name)} is not null`).join(' and ')
  const meets = from.columns
    .map((name, at) => `r.${quoteIdentifier(to.columns[at]!)} = c.${quoteIdentifier(name)}`)
    .join(' and ')
  const [row] = await database.query(
    `select count(*)::text as orphans from ${quoteName(from)} c where ${filled} and not exists (select from ${quoteName(to)} r where ${meets})`,
  )
  return Number(row?.orphans ?? 0)
}

/** References that the configuration declares and no constraint guards. A column that is not there is a finding: it was lost or misspelt. */
export async function checkSoftKeys(
  database: Database,
  inventory: Inventory,
  softKeys: Readonly<Record<string, string>>,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [source, target] of Object.entries(softKeys)) {
    const [from, to] = [findColumn(inventory, source), findColumn(inventory, target)]
    const lost = from ? (to ? undefined : target) : source
    if (lost !== undefined) {
      const message = `the column ${lost} of a declared reference is not there${hint(inventory, lost.replace(/\.[^.]*$/, ''))}`
      findings.push(finding('TABLE_MISSING', 'check', message, { object: lost.replace(/\.[^.]*$/, '') }))
      continue
    }
    const orphans = await countOrphans(database, {
      from: { ...from!.relation, columns: [from!.column] },
      to: { ...to!.relation, columns: [to!.column] },
    })
    if (orphans > 0) findings.push(orphaned(source, target, orphans))
  }
  return findings
}

const orphaned = (source: string, target: string, count: number, exit?: 0): Finding =>
  finding('ORPHANS', 'check', `${count} rows of ${source} refer to ${target} that are not there`, {
    object: source.replace(/\.[^.]*$/, ''),
    ...(exit !== undefined && { exit }),
  })

/**
 * Constraints that were never validated. Those that the restore made are: PostgreSQL looked at every row. One that no row breaks is a
 * remark, as it is a step of many a migration; one that rows break is a finding, unless it is declared as known.
 */
export async function checkNotValid(
  database: Database,
  inventory: Inventory,
  known: readonly string[],
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const constraint of inventory.constraints.filter(({ validated }) => !validated)) {
    const table = { schema: constraint.schema, name: constraint.table }
    const accepted = isKnown(known, constraint, constraint.table)
    const broken = accepted ? 0 : await countBroken(database, constraint)
    const state = broken === undefined ? 'nobody can tell whether rows break it' : `${broken} rows break it`
    const message = `${constraint.name} on ${nameOf(table)} is NOT VALID: ${accepted ? 'declared as known' : state}`
    findings.push(finding('NOT_VALID', 'check', message, { object: constraint.name, exit: broken ? 1 : 0 }))
    if (broken && constraint.kind === 'f') {
      const columns = `${nameOf(table)}.${constraint.columns.join(', ')}`
      findings.push(orphaned(columns, nameOf(constraint.references!), broken))
    }
  }
  return findings
}

/** Orphans behind the foreign keys that a baseline has and the restored database lacks: what nobody guards any more. */
export async function checkLostKeys(
  database: Database,
  inventory: Inventory,
  { inventory: { constraints }, binding }: Baseline,
): Promise<Finding[]> {
  const findings: Finding[] = []
  const isThere = ({ schema, name, columns }: Reference['from']) =>
    inventory.relations.some(
      (each) =>
        each.schema === schema &&
        each.name === name &&
        columns.every((column) => each.columns.some((one) => one.name === column)),
    )
  for (const { kind, schema, table, columns, references, name, inherited } of constraints) {
    if (kind !== 'f' || !references || inherited) continue
    if (inventory.constraints.some((each) => each.schema === schema && each.table === table && each.name === name))
      continue
    const from = { schema, name: table, columns }
    if (!isThere(from) || !isThere(references)) continue
    const orphans = await countOrphans(database, { from, to: references })
    const source = `${nameOf(from)}.${columns.join(', ')}`
    if (orphans > 0) findings.push(orphaned(source, nameOf(references), orphans, binding ? undefined : 0))
  }
  return findings
}

/** Rows that break a constraint; undefined when its condition cannot be evaluated. */
async function countBroken(database: Database, constraint: ConstraintShape): Promise<number | undefined> {
  const table = { schema: constraint.schema, name: constraint.table }
  if (constraint.kind === 'f' && constraint.references) {
    return countOrphans(database, { from: { ...table, columns: constraint.columns }, to: constraint.references })
  }
  const [, condition] =
    /^CHECK \((.*)\)(?: NO INHERIT)?(?: NOT ENFORCED)?(?: NOT VALID)?$/s.exec(constraint.definition) ?? []
  if (condition === undefined) return undefined
  try {
    const [row] = await database.query(
      `select count(*)::text as broken from ${quoteName(table)} where not (${condition})`,
    )
    return Number(row?.broken ?? 0)
  } catch {
    return undefined
  }
}
