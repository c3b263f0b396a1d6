import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Inventory } from '../proof/inventory.ts'
import type { Baseline } from '../proof/request.ts'
import type { DrillStatus, PhaseName } from '../record.ts'
import { type DrillEvidence, isSealed, sha256Of } from './evidence.ts'
import { eachEvidence, readEvidence } from './folder.ts'
import type { DrillBaseline } from './write.ts'

/** One past drill, as a trend shows it. */
export interface DrillHistoryEntry {
  drillId: string
  finishedAt: string
  status: DrillStatus
  code?: string
  object?: string
  /** Name of the file, without its folder. */
  backup?: string
  bytes?: number
  rows: number
  tables: number
  durationMs: number
  phases: { name: PhaseName; durationMs: number }[]
  rtoMs?: number
  rpoMs?: number
  /** false: the file was changed since. */
  intact: boolean
}

/** Past drills, newest first. */
export async function readDrillHistory(
  dir: string,
  { key, limit = 100 }: { key?: string; limit?: number } = {},
): Promise<DrillHistoryEntry[]> {
  const stored = await readEvidence(dir, limit)
  return stored.flatMap(({ evidence }) => (evidence ? [entryOf(evidence, isSealed(evidence, key))] : []))
}

function entryOf({ drill }: DrillEvidence, intact: boolean): DrillHistoryEntry {
  const { backup, rows = 0, tables = [] } = drill.evidence
  return {
    drillId: drill.drillId,
    finishedAt: drill.finishedAt,
    status: drill.status,
    ...(drill.code !== undefined && { code: drill.code }),
    ...(drill.object !== undefined && { object: drill.object }),
    ...(backup && { backup: basename(backup.path), bytes: backup.bytes }),
    rows,
    tables: tables.length,
    durationMs: drill.durationMs,
    phases: drill.phases.map(({ name, durationMs }) => ({ name, durationMs })),
    ...(drill.rto && { rtoMs: drill.rto.ms }),
    ...(drill.rpo && { rpoMs: drill.rpo.ms }),
    intact,
  }
}

/** How many of a database's tables must be the same for an earlier drill to be one of this database. */
const kinship = 0.5

/**
 * The last drill that passed, to compare with; undefined when there is none of this database. What is lost since then fails where it is
 * binding; a migration that meant it is accepted once with `--previous remark`, and the next drill compares with that one.
 */
export async function previousBaseline(
  dir: string,
  restored: Inventory,
  { key, binding = false }: { key?: string; binding?: boolean } = {},
): Promise<Baseline | undefined> {
  for await (const { evidence } of eachEvidence(dir)) {
    if (!evidence?.inventory || evidence.drill.status !== 'PASS' || !isSealed(evidence, key)) continue
    const baseline = await readBaseline(join(dir, evidence.inventory.file), evidence.inventory.sha256)
    if (!baseline || !isSameDatabase(restored, baseline.inventory)) continue
    const label = `the drill of ${evidence.drill.finishedAt.slice(0, 10)}`
    return { kind: 'previous', label, inventory: baseline.inventory, tables: baseline.tables, binding }
  }
  return undefined
}

async function readBaseline(path: string, sha256: string): Promise<DrillBaseline | undefined> {
  try {
    const text = await readFile(path)
    return sha256Of(text) === sha256 ? (JSON.parse(text.toString('utf8')) as DrillBaseline) : undefined
  } catch {
    return undefined
  }
}

function isSameDatabase(a: Inventory, b: Inventory): boolean {
  const names = (inventory: Inventory) =>
    new Set(
      inventory.relations
        .filter(({ kind }) => kind === 'table' || kind === 'partitioned')
        .map((each) => `${each.schema}.${each.name}`),
    )
  const [one, other] = [names(a), names(b)]
  const shared = [...one].filter((name) => other.has(name)).length
  return shared > 0 && shared >= kinship * Math.min(one.size, other.size)
}
