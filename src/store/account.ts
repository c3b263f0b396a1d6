import { IdempotencyRecords } from './idempotency.ts'
import { Journal } from './journal.ts'
import { RecordTable } from './table.ts'

/** Everything one account has. Throwing it away is a reset. */
export class AccountStore {
  readonly journal: Journal
  readonly idempotency = new IdempotencyRecords()
  readonly memory = new Map<string, unknown>()
  /** Kind of each object that was deleted: some are still answered, as a stub. */
  readonly deleted = new Map<string, string>()
  /** What an object was created under, where it has no field that says so. */
  readonly parents = new Map<string, string>()
  private readonly tables = new Map<string, RecordTable>()
  private readonly indexesOf: (object: string) => Iterable<string>

  /** `indexesOf` names the fields that records of a kind are found by. */
  constructor(indexesOf: (object: string) => Iterable<string>, journal = new Journal()) {
    this.indexesOf = indexesOf
    this.journal = journal
  }

  table(object: string): RecordTable {
    const known = this.tables.get(object)
    if (known) return known
    const table = new RecordTable(this.indexesOf(object))
    this.tables.set(object, table)
    return table
  }

  /** Kinds of objects that have been asked for, and their tables. */
  all(): IterableIterator<[string, RecordTable]> {
    return this.tables.entries()
  }
}
