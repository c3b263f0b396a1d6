import type { DrillState } from './flow.ts'
import { noExpectations } from './proof/expectations.ts'
import { nameOf } from './proof/inventory.ts'
import type { BackupReading } from './reading/define.ts'

/**
 * The databases of a backup that are drilled. A cluster dump holds `postgres` and `template1` too, mostly without a single object; of the
 * others the one that the configuration speaks of comes first: the one that it names, else the one with most data.
 */
export function databasesOf({ databases, tables }: BackupReading, wanted: string | undefined): (string | undefined)[] {
  if (databases.length < 2) return [databases[0]]
  const weights = new Map(databases.map((name) => [name, 0]))
  for (const { database = '', bytes } of tables) weights.set(database, (weights.get(database) ?? 0) + 1 + bytes)
  if (wanted !== undefined) weights.set(wanted, Number.POSITIVE_INFINITY)
  const used = databases.filter((name) => weights.get(name) !== 0)
  if (used.length === 0) return [databases[0]]
  return used.sort((a, b) => weights.get(b)! - weights.get(a)!)
}

/** What a cluster dump says of one of its databases. */
export function partOf(reading: BackupReading, database: string | undefined): BackupReading {
  if (reading.databases.length < 2) return reading
  const isIts = (each: { database?: string }) => each.database === database
  return {
    ...reading,
    tables: reading.tables.filter(isIts),
    objects: reading.objects.filter(isIts),
    sequences: reading.sequences.filter(isIts),
    // They are counted for the whole file: none of its databases can be compared by them.
    largeObjects: { count: 0, bytes: 0, oids: [] },
  }
}

/** For a database of a cluster that the configuration does not speak of: nothing is required of it, and it may be empty. */
export function unconfigured(state: DrillState, part: BackupReading): DrillState {
  const { known, tolerance } = state.options.expectations
  const tables = Object.fromEntries(part.tables.map((table) => [nameOf(table), 0]))
  const expectations = { ...noExpectations(), tables, known, tolerance }
  // What it could be compared with, the live source and the drill before this one, is of the other database.
  return { ...state, options: { ...state.options, expectations, sourceUrl: undefined, evidence: undefined } }
}
