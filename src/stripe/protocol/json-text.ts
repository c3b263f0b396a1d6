import type { AccountStore } from '../../store/account.ts'
import type { StoredRecord } from '../../store/record.ts'

/** JSON as Stripe indents it. */
export const indented = (value: unknown): string => JSON.stringify(value, undefined, 2)

/** Longer texts are made each time, so that the room for all of them has a bound. */
const longestKept = 16 * 1024

/** JSON of the records that were read last. A record never changes (a change makes another), so its text stays right. */
export class RecordTexts {
  private readonly whole: Recent<string>
  private readonly listed: Recent<Buffer>

  /** `room`: of how many records at least the texts are kept, alone and as items of lists. */
  constructor(room = 500) {
    this.whole = new Recent(room, indented)
    this.listed = new Recent(room, (record) => Buffer.from(`\n    ${indented(record).replaceAll('\n', '\n    ')}`))
  }

  /** What `indented` makes, as text or as its bytes, from kept parts where the answer is a stored record or a list of them. */
  of(store: AccountStore, body: unknown): string | Uint8Array {
    if (isStored(store, body)) return this.whole.of(body)
    if (!isList(body) || !body.data.every((item) => isStored(store, item))) return indented(body)
    let before = '{'
    let after = ''
    for (const [name, value] of Object.entries(body)) {
      const start = `${before === '{' ? '' : ','}\n  "${name}": `
      if (value === body.data) before += `${start}[`
      else if (before.endsWith('[')) after += start + JSON.stringify(value)
      else before += start + JSON.stringify(value)
    }
    return join(
      before,
      body.data.map((record) => this.listed.of(record)),
      `\n  ]${after}\n}`,
    )
  }
}

const comma = 0x2c

/** Parts that are bytes already are put together as bytes: a text made of ten would be copied again and again on its way out. */
function join(before: string, items: readonly Buffer[], after: string): Buffer {
  let size = Buffer.byteLength(before) + items.length - 1 + Buffer.byteLength(after)
  for (const item of items) size += item.length
  const page = Buffer.allocUnsafe(size)
  let at = page.write(before)
  for (let position = 0; position < items.length; position++) {
    if (position > 0) page[at++] = comma
    page.set(items[position]!, at)
    at += items[position]!.length
  }
  page.write(after, at)
  return page
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

/** What was made of a record, in two generations: when the younger is full the older one goes. */
class Recent<Text extends string | Buffer> {
  private young = new Map<StoredRecord, Text>()
  private old = new Map<StoredRecord, Text>()
  private readonly room: number
  private readonly make: (record: StoredRecord) => Text

  constructor(room: number, make: (record: StoredRecord) => Text) {
    this.room = room
    this.make = make
  }

  of(record: StoredRecord): Text {
    const known = this.young.get(record)
    if (known !== undefined) return known
    const text = this.old.get(record) ?? this.make(record)
    if (text.length <= longestKept) this.keep(record, text)
    return text
  }

  private keep(record: StoredRecord, text: Text): void {
    if (this.young.size >= this.room) {
      this.old = this.young
      this.young = new Map()
    }
    this.young.set(record, text)
  }
}
