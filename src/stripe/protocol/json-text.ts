import type { AccountStore } from '../../store/account.ts'
import type { StoredRecord } from '../../store/record.ts'

/** JSON as Stripe indents it. */
export const indented = (value: unknown): string => JSON.stringify(value, undefined, 2)

/** Longer texts are made each time, so that the room for all of them has a bound. */
const longestKept = 16 * 1024

/** JSON texts of the records that were read last. A record never changes (a change makes another), so its text stays right. */
export class RecordTexts {
  private readonly whole: Recent
  private readonly listed: Recent

  /** `room`: of how many records at least the texts are kept, alone and as items of lists. */
  constructor(room = 500) {
    this.whole = new Recent(room, indented)
    this.listed = new Recent(room, (record) => indented(record).replaceAll('\n', '\n    '))
  }

  /** The same text as `indented` makes, from kept parts where the answer is a stored record or a list of them. */
  of(store: AccountStore, body: unknown): string {
    if (isStored(store, body)) return this.whole.text(body)
    if (!isList(body) || !body.data.every((item) => isStored(store, item))) return indented(body)
    let text = '{'
    for (const [name, value] of Object.entries(body))
      text += `${text === '{' ? '' : ','}\n  "${name}": ${value === body.data ? this.items(body.data) : JSON.stringify(value)}`
    return `${text}\n}`
  }

  private items(records: readonly StoredRecord[]): string {
    let text = '['
    for (const record of records) text += `${text === '[' ? '' : ','}\n    ${this.listed.text(record)}`
    return `${text}\n  ]`
  }
}

interface List {
  object: 'list'
  data: StoredRecord[]
}

/** A list with records and without other fields that have fields of their own. */
function isList(body: unknown): body is List {
  const { object, data, ...rest } = (body ?? {}) as Partial<List>
  if (object !== 'list' || !Array.isArray(data) || data.length === 0) return false
  return Object.values(rest).every((value) => value !== undefined && (typeof value !== 'object' || value === null))
}

function isStored(store: AccountStore, value: unknown): value is StoredRecord {
  const { id, object } = (value ?? {}) as { id?: unknown; object?: unknown }
  return typeof id === 'string' && typeof object === 'string' && store.table(object).get(id) === value
}

/** Texts by record in two generations: when the younger is full the older one goes. */
class Recent {
  private young = new Map<StoredRecord, string>()
  private old = new Map<StoredRecord, string>()
  private readonly room: number
  private readonly make: (record: StoredRecord) => string

  constructor(room: number, make: (record: StoredRecord) => string) {
    this.room = room
    this.make = make
  }

  text(record: StoredRecord): string {
    const known = this.young.get(record)
    if (known !== undefined) return known
    const text = this.old.get(record) ?? this.make(record)
    if (text.length <= longestKept) this.keep(record, text)
    return text
  }

  private keep(record: StoredRecord, text: string): void {
    if (this.young.size >= this.room) {
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(record, text)
  }
}
