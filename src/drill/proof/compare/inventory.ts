import { type Finding, type FindingCode, finding } from '../../findings.ts'
import { type Inventory, nameOf, type RelationShape } from '../inventory.ts'
import { isKnown } from '../names.ts'
import type { Baseline } from '../request.ts'
import { digestInventory } from './digest.ts'
import { compareGrants } from './grants.ts'
import { compareColumns } from './relations.ts'

/** Says one difference; weighs it by the baseline and by what is declared as known. */
export type Report = (code: FindingCode, object: string, message: string, weight?: 'remark') => void

/**
 * What the baseline has and the restored database lacks, or has in another form. What is new is no finding. Texts of conditions, views and
 * defaults are compared between servers of one major version only, and a difference is a remark: PostgreSQL itself writes some of them in
 * another way once they were dumped and restored (`varchar in (…)` is one).
 */
export function compareInventory(current: Inventory, baseline: Baseline, known: readonly string[]): Finding[] {
  const findings: Finding[] = []
  const report: Report = (code, object, message, weight) => {
    const accepted = known.includes(object) || known.some((each) => object.endsWith(`.${each}`))
    const exit = baseline.binding && !accepted && weight !== 'remark' ? 1 : 0
    findings.push(finding(code, 'check', `${message} (compared with ${baseline.label})`, { object, exit }))
  }
  const [inventory, restored] = [digestInventory(baseline.inventory), digestInventory(current)]
  const isSameMajor = inventory.server.major === restored.server.major
  const relations = new Map(restored.relations.map((each) => [nameOf(each), each]))
  const hasTable = (schema: string, name: string) => relations.has(`${schema}.${name}`)

  for (const schema of inventory.schemas.filter((each) => !restored.schemas.includes(each)))
    report('OBJECTS_MISSING', schema, `schema ${schema} is missing`)
  const extensions = new Set(restored.extensions.map(({ name }) => name))
  for (const { name } of inventory.extensions.filter((each) => !extensions.has(each.name)))
    report('OBJECTS_MISSING', name, `extension ${name} is missing`)
  for (const relation of inventory.relations) {
    const found = relations.get(nameOf(relation))
    if (found) compareColumns(relation, found, isSameMajor, report)
    else missingRelation(relation, report)
  }
  compareConstraints(inventory, restored, { isSameMajor, hasTable, report })
  compareIndexes(inventory, restored, { isSameMajor, hasTable, report })
  compareTriggers(inventory, restored, { isSameMajor, hasTable, report, known })
  compareNamed(inventory, restored, report)
  compareGrants(inventory, restored, report)
  return findings
}

function missingRelation(relation: RelationShape, report: Report): void {
  const isTable = relation.kind === 'table' || relation.kind === 'partitioned'
  const kind = relation.kind === 'matview' ? 'materialised view' : relation.kind
  report(isTable ? 'TABLE_MISSING' : 'OBJECTS_MISSING', nameOf(relation), `${kind} ${nameOf(relation)} is missing`)
}

interface Scope {
  isSameMajor: boolean
  hasTable(schema: string, name: string): boolean
  report: Report
}

/** Those of partitions get their names from the server when their parent's is made. */
function compareConstraints(wanted: Inventory, restored: Inventory, { isSameMajor, hasTable, report }: Scope): void {
  const key = (each: { schema: string; table: string; name: string }) => `${each.schema}.${each.table}.${each.name}`
  const found = new Map(restored.constraints.map((each) => [key(each), each]))
  const definitions = new Set(restored.constraints.map((each) => `${each.schema}.${each.table} ${each.definition}`))
  for (const each of wanted.constraints) {
    if (each.inherited || !hasTable(each.schema, each.table)) continue
    const same = found.get(key(each))
    const where = `${each.name} on ${each.schema}.${each.table}`
    if (!same) {
      if (definitions.has(`${each.schema}.${each.table} ${each.definition}`)) continue
      const code = each.kind === 'f' ? 'FK_MISSING' : 'CONSTRAINT_MISSING'
      report(code, each.name, `${each.kind === 'f' ? 'foreign key' : 'constraint'} ${where} is missing`)
      continue
    }
    if (each.validated && !same.validated)
      report('NOT_VALID', each.name, `constraint ${where} is NOT VALID, and was valid`)
    const isText = each.kind === 'c' || each.kind === 'x'
    if (each.kind !== same.kind || each.columns.join() !== same.columns.join())
      report('SCHEMA_DELTA', each.name, `constraint ${where} is of another kind, or on other columns, than it was`)
    else if (isSameMajor && same.definition !== each.definition)
      report('SCHEMA_DELTA', each.name, `constraint ${where} is another than it was`, isText ? 'remark' : undefined)
  }
}

/** An index that is invalid at the source is left out by pg_dump: the database lives without it. That of a constraint is told by the constraint. */
function compareIndexes(wanted: Inventory, restored: Inventory, { isSameMajor, hasTable, report }: Scope): void {
  const found = new Map(restored.indexes.map((each) => [nameOf(each), each]))
  const definitions = new Set(restored.indexes.map((each) => each.definition))
  for (const each of wanted.indexes) {
    if (each.ofConstraint || !hasTable(each.schema, each.table)) continue
    const same = found.get(nameOf(each))
    if (!each.valid) {
      const where = `index ${each.name} on ${each.schema}.${each.table}`
      if (!same && !each.partitioned)
        report('INDEX_INVALID', each.name, `${where} is invalid where it comes from, and no backup has it`)
      continue
    }
    if (!same) {
      if (!definitions.has(each.definition))
        report('INDEX_MISSING', each.name, `index ${each.name} on ${each.schema}.${each.table} is missing`)
      continue
    }
    if (!same.valid)
      report('INDEX_INVALID', each.name, `index ${each.name} on ${each.schema}.${each.table} is invalid, and was valid`)
    if (same.unique !== each.unique || same.method !== each.method)
      report(
        'SCHEMA_DELTA',
        each.name,
        `index ${each.name} on ${each.schema}.${each.table} is of another kind than it was`,
      )
    else if (isSameMajor && same.definition !== each.definition)
      report(
        'SCHEMA_DELTA',
        each.name,
        `index ${each.name} on ${each.schema}.${each.table} is another than it was`,
        'remark',
      )
  }
}

function compareTriggers(
  wanted: Inventory,
  restored: Inventory,
  { isSameMajor, hasTable, report, known }: Scope & { known: readonly string[] },
): void {
  const key = (each: { schema: string; table: string; name: string }) => `${each.schema}.${each.table}.${each.name}`
  const found = new Map(restored.triggers.map((each) => [key(each), each]))
  for (const each of wanted.triggers) {
    if (each.internal || each.inherited || !hasTable(each.schema, each.table) || isKnown(known, each, each.table))
      continue
    const same = found.get(key(each))
    const where = `trigger ${each.name} on ${each.schema}.${each.table}`
    if (!same) report('TRIGGER_MISSING', each.name, `${where} is missing`)
    else if (same.enabled === 'D' && each.enabled !== 'D')
      report('TRIGGER_DISABLED', each.name, `${where} is disabled, and was not`)
    else if (isSameMajor && same.definition !== each.definition)
      report('SCHEMA_DELTA', each.name, `${where} is another than it was`, 'remark')
  }
}

/** Sequences, routines, types, policies, rules and the rest, by their names. */
function compareNamed(wanted: Inventory, restored: Inventory, report: Report): void {
  const sequences = new Set(restored.sequences.map(nameOf))
  for (const each of wanted.sequences.filter((one) => !sequences.has(nameOf(one))))
    report('OBJECTS_MISSING', nameOf(each), `sequence ${nameOf(each)} is missing`)

  const routines = new Map(restored.routines.map((each) => [`${each.schema}.${each.signature}`, each]))
  for (const each of wanted.routines) {
    const found = routines.get(`${each.schema}.${each.signature}`)
    const name = `${each.schema}.${each.name}`
    if (!found) report('OBJECTS_MISSING', name, `${each.kind} ${each.schema}.${each.signature} is missing`)
    else if (found.body !== each.body || found.securityDefiner !== each.securityDefiner)
      report('SCHEMA_DELTA', name, `${each.kind} ${each.schema}.${each.signature} is another than it was`)
  }

  const types = new Map(restored.types.map((each) => [nameOf(each), each]))
  for (const each of wanted.types) {
    const found = types.get(nameOf(each))
    if (!found) report('OBJECTS_MISSING', nameOf(each), `${each.kind} type ${nameOf(each)} is missing`)
    else if (each.parts.some((part) => !found.parts.includes(part)))
      report('SCHEMA_DELTA', nameOf(each), `${each.kind} type ${nameOf(each)} lost a part of what it was`)
  }

  const others = new Set(restored.others.map((each) => `${each.kind} ${each.schema}.${each.table}.${each.name}`))
  for (const each of wanted.others.filter((one) => !others.has(`${one.kind} ${one.schema}.${one.table}.${one.name}`)))
    report(
      'OBJECTS_MISSING',
      each.name,
      `${each.kind} ${each.name}${each.table ? ` on ${each.schema}.${each.table}` : ''} is missing`,
    )
}
