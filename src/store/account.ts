import { IdempotencyRecords } from './idempotency.ts'
import { Journal } from './journal.ts'
import { RecordTable } from './table.ts'
import { watchedMap } from './watched-map.ts'

/** Told what changed: the section of an account's state (`memory`, `t/customer`) and the key in it. */
export type OnChange = (section: string, key: string) => void

/** Where an event still has to go. */
export interface PendingDelivery {
  event: string
  endpoint: string
  /** The attempt that comes next; counts from 1. */
  attempt: number
  /** Epoch milliseconds on the account's clock before which it is not made. */
  at: number
}

/** Everything one account has. Throwing it away is a reset. */
export class AccountStore {
  readonly journal = new Journal()
  readonly idempotency: IdempotencyRecords
  readonly memory: Map<string, unknown>
  /** Kind of each object that was deleted: some are still answered, as a stub. */
  readonly deleted: Map<string, string>
  /** What an object was created under, where it has no field that says so. */
  readonly parents: Map<string, string>
  /** By event and endpoint. */
  readonly deliveries: Map<string, PendingDelivery>
  private readonly tables = new Map<string, RecordTable>()
  private readonly indexesOf: (object: string) => Iterable<string>
  private readonly onChange: OnChange | undefined

  /** `indexesOf` names the fields that records of a kind are found by. */
  constructor(indexesOf: (object: string) => Iterable<string>, onChange?: OnChange) {
    this.indexesOf = indexesOf
    this.onChange = onChange
    this.idempotency = new IdempotencyRecords(this.changesOf('idempotency'))
    this.memory = watchedMap(this.changesOf('memory'))
    this.deleted = watchedMap(this.changesOf('deleted'))
    this.parents = watchedMap(this.changesOf('parents'))
    this.deliveries = watchedMap(this.changesOf('deliveries'))
  }

  table(object: string): RecordTable {
    const known = this.tables.get(object)
    if (known) return known
    const table = new RecordTable(this.indexesOf(object), this.changesOf(`t/${object}`))
    this.tables.set(object, table)
    return table
  }

  /** Kinds of objects that have been asked for, and their tables. */
  all(): IterableIterator<[string, RecordTable]> {
    return this.tables.entries()
  }

  private changesOf(section: string): ((key: string) => void) | undefined {
    const { onChange } = this
    return onChange && ((key) => onChange(section, key))
  }
}
