import type { StoredRecord } from '../../store/record.ts'
import type { RecordTable } from '../../store/table.ts'
import type { Account } from '../../stripe/accounts.ts'

/** The table of a kind of object, without making one for a name that nobody has used. */
export function tableOf(account: Account, object: string): RecordTable | undefined {
  for (const [name, table] of account.store.all()) if (name === object) return table
  return undefined
}

/** The path of the page of an object or event, given its id; `object` is the kind it probably is. */
export function pathOf(account: Account, id: string, object?: string): string | undefined {
  const likely = object === undefined ? undefined : tableOf(account, object)
  if (likely?.get(id)) return objectPath(object!, id)
  if (!/^[a-z]\w*_\w+$/.test(id)) return undefined
  for (const [name, table] of account.store.all()) if (table.get(id)) return objectPath(name, id)
  return undefined
}

export function objectPath(object: string, id: string): string {
  if (object === 'event' || object === 'v2.core.event') return `/events/${encodeURIComponent(id)}`
  return `/objects/${encodeURIComponent(object)}/${encodeURIComponent(id)}`
}

const searched = ['email', 'name', 'description', 'number', 'url', 'nickname', 'receipt_email', 'code', 'type']

/** Whether an object is what was typed: a part of its id, e-mail, name or metadata; `order:42` is that metadata key with that value. */
export function matcherOf(typed: string): (record: StoredRecord) => boolean {
  const term = typed.trim().toLowerCase()
  const colon = term.indexOf(':')
  const pair = colon > 0 ? ([term.slice(0, colon), term.slice(colon + 1).trim()] as const) : undefined
  const has = (value: unknown): boolean => typeof value === 'string' && value.toLowerCase().includes(term)
  return (record) => {
    if (has(record.id) || searched.some((name) => has(record[name]))) return true
    const { metadata } = record
    if (typeof metadata !== 'object' || metadata === null) return false
    return Object.entries(metadata).some(
      ([key, value]) =>
        has(key) || has(value) || (pair?.[0] === key.toLowerCase() && String(value).toLowerCase() === pair[1]),
    )
  }
}
