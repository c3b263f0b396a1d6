import type { Database } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import type { BackupClocks } from '../record.ts'
import { checkIndexes } from './amcheck.ts'
import { checkAssertions } from './assertions.ts'
import { compareInventory } from './compare/inventory.ts'
import {
  compareLargeObjectCounts,
  compareRowCounts,
  compareSequenceStates,
  type RestoredTable,
} from './compare/rows.ts'
import { checkLostKeys, checkNotValid, checkSoftKeys } from './foreign-keys.ts'
import { type Inventory, nameOf, type RelationShape } from './inventory.ts'
import { checkLargeObjects } from './large-objects.ts'
import type { Proven } from './prove.ts'
import { readable } from './readable.ts'
import type { ProofRequest } from './request.ts'
import { checkObjects, checkRequired, checkSubstance } from './required.ts'
import { checkSequences } from './sequences.ts'
import { checkStates } from './states.ts'
import { copyStatement, prepareStream, sumStream } from './stream.ts'
import { countRows } from './table-sum.ts'
import { readWatermark } from './watermark.ts'

export interface Checked {
  findings: Finding[]
  /** What was looked at, with how many objects: `sequences: 4`. */
  checks: Record<string, number>
  clocks: Pick<BackupClocks, 'watermark'>
}

/**
 * Asks of the restored database what does not follow from the file: whether it is sound, and whether it is what it should be. The
 * superuser reads tables and catalogue; whatever may run code of the backup's (views, conditions, assertions) is asked by the owner.
 */
export async function check(request: ProofRequest, { inventory, tables }: Proven): Promise<Checked> {
  const { scratch, expectations, file, baselines, depth, signal } = request
  const superuser = await scratch.superuser()
  try {
    await prepareStream(superuser)
    const count = (relation: RelationShape) => countRows(superuser, relation, [])
    const findings: Finding[] = [
      ...checkSubstance(inventory, await allRows(inventory, tables, count), expectations.tables),
      ...checkObjects(inventory, expectations.objects),
      ...leftOut(inventory, file),
      ...checkStates(inventory, expectations.known),
      ...(await checkSequences(superuser, inventory, file, expectations.known)),
      ...(await checkLargeObjects(superuser, inventory, expectations.largeObjects)),
    ]
    const restored = await restoredTables(superuser, request, { inventory, tables })
    for (const baseline of baselines) {
      findings.push(
        ...compareInventory(inventory, baseline, expectations.known),
        ...compareRowCounts(restored, baseline, expectations),
        ...compareSequenceStates(inventory, baseline),
        ...compareLargeObjectCounts(inventory, baseline, expectations.tolerance),
      )
    }
    const watermark = await readWatermark(superuser, inventory, expectations.watermark)
    const indexes =
      depth === 'full' ? await checkAllIndexes(scratch, superuser, { inventory, signal }) : { findings: [] }
    const asked = await askOwner(request, superuser, inventory)
    findings.push(...watermark.findings, ...indexes.findings, ...asked)
    const checks = {
      tables: inventory.relations.filter(({ kind }) => kind === 'table').length,
      sequences: inventory.sequences.length,
      constraints: inventory.constraints.length,
      indexes: inventory.indexes.length,
      triggers: inventory.triggers.filter(({ internal }) => !internal).length,
      softKeys: Object.keys(expectations.softKeys).length,
      required: Object.keys(expectations.tables).length,
      assertions: expectations.assertions.length,
      baselines: baselines.length,
      ...('checked' in indexes && indexes.checked !== undefined && { amcheck: indexes.checked }),
    }
    return { findings, checks, clocks: watermark.watermark === undefined ? {} : { watermark: watermark.watermark } }
  } finally {
    await superuser.close()
  }
}

/** A look through an index keeps one core of the server busy. */
async function checkAllIndexes(
  scratch: ProofRequest['scratch'],
  superuser: Database,
  { inventory, signal }: { inventory: Inventory; signal: AbortSignal },
): ReturnType<typeof checkIndexes> {
  if (scratch.sessions === 1) return checkIndexes([superuser], inventory, signal)
  const beside = await scratch.superuser()
  try {
    return await checkIndexes([superuser, beside], inventory, signal)
  } finally {
    await beside.close()
  }
}

/** The parts that may run what the backup brought along. */
async function askOwner(
  { scratch, expectations, baselines }: ProofRequest,
  superuser: Database,
  inventory: Inventory,
): Promise<Finding[]> {
  const owner = await scratch.owner()
  try {
    await readable(superuser, owner, inventory)
    const lost: Finding[] = []
    for (const each of baselines) lost.push(...(await checkLostKeys(owner, inventory, each)))
    return [
      ...(await checkRequired(inventory, expectations.tables, (relation) => countRows(owner, relation, []))),
      ...(await checkNotValid(owner, inventory, expectations.known)),
      ...(await checkSoftKeys(owner, inventory, expectations.softKeys)),
      ...lost,
      ...(await checkAssertions(owner, expectations.assertions)),
    ]
  } finally {
    await owner.close()
  }
}

async function allRows(
  inventory: Inventory,
  tables: Proven['tables'],
  count: (relation: RelationShape) => Promise<number>,
): Promise<number> {
  const proved = tables.reduce((sum, { restored, rows }) => sum + (restored?.rows ?? rows), 0)
  if (proved > 0) return proved
  for (const relation of inventory.relations.filter(({ kind, ofExtension }) => kind === 'table' && !ofExtension)) {
    const rows = await count(relation)
    if (rows > 0) return rows
  }
  return 0
}

/** pg_dump writes a COPY block for empty tables too: a table without one was left out with --exclude-table-data. */
function leftOut(inventory: Inventory, file: ProofRequest['file']): Finding[] {
  if (!file.tables.some(({ style }) => style === 'copy')) return []
  const saved = new Set(file.tables.map(nameOf))
  const parents = new Map(inventory.relations.map((each) => [nameOf(each), each.parents]))
  const isSaved = (name: string): boolean => saved.has(name) || (parents.get(name) ?? []).some(isSaved)
  return inventory.relations
    .filter(({ kind, ofExtension, unlogged }) => kind === 'table' && !ofExtension && !unlogged)
    .filter((each) => !isSaved(nameOf(each)))
    .map((each) => {
      const message = `${nameOf(each)}: the backup has no data of it, not even none`
      return finding('ROWS_BELOW_MIN', 'check', message, { object: nameOf(each), exit: 0 })
    })
}

/** Rows of all tables, with a hash in UTF-8 where a manifest has one to compare with. */
async function restoredTables(
  database: Database,
  { baselines, file, depth }: ProofRequest,
  { inventory, tables }: Pick<Proven, 'inventory' | 'tables'>,
): Promise<RestoredTable[]> {
  const proofs = new Map(tables.map((each) => [each.name, each]))
  const wanted = new Map(baselines.flatMap((each) => each.tables.map((table) => [nameOf(table), table] as const)))
  const isUtf8 = /^utf-?8$/i.test(file.header.encoding)
  const restored: RestoredTable[] = []
  for (const relation of inventory.relations.filter(({ kind }) => kind === 'table')) {
    const name = nameOf(relation)
    const table = wanted.get(name)
    if (!table) continue
    const known = proofs.get(name)?.restored
    if (known && (isUtf8 || table.sha256 === undefined || depth === 'fast')) restored.push({ name, ...known })
    else if (table.sha256 === undefined || depth === 'fast')
      restored.push({ name, rows: await countRows(database, relation) })
    else restored.push({ name, ...(await sumStream(database.copyOut(copyStatement(relation, {})))) })
  }
  return restored
}
