import { selectJson } from '../../kernel/json-path.ts'
import { holds, parseExpression } from '../contract/expression.ts'
import type { Observers } from '../contract/observers.ts'
import { type Fillings, fillRecord } from '../contract/template.ts'
import type { AuditRecord, PaymentObservation } from './types.ts'

type Grants = NonNullable<Observers['grants']>
type Payment = NonNullable<Observers['payment']>
type Listed = Pick<Grants, 'list' | 'where'>
type Record_ = Listed & Partial<Pick<NonNullable<Observers['audit']>, 'event' | 'actor' | 'id' | 'at'>>
type Chain = Partial<Pick<NonNullable<Observers['audit']>, 'hash' | 'previous' | 'before' | 'after'>>

/** The items that an observer lists for one subject: what `list` selects, or the document itself, narrowed by `where`. */
export function itemsOf(document: unknown, { list = '$', where = {} }: Listed, fillings: Fillings): unknown[] {
  if (document === undefined) return []
  const found = selectJson(document, list).map(({ value }) => value)
  const items = found.length === 1 ? ([found[0]].flat() as unknown[]) : found
  const wanted = fillRecord(where, fillings)
  return items.filter((item) => item !== null && item !== undefined && hasFields(item, wanted))
}

/** Whether an item has these values; names are top-level fields or JSONPaths. A list has a value when one of its members is it. */
export function hasFields(item: unknown, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => textsOf(item, name).includes(value))
}

/** What a top-level field or JSONPath holds, as text; a list holds what its members are. */
export function textsOf(item: unknown, name: string): string[] {
  const found = name.startsWith('$') ? selectJson(item, name)[0]?.value : fieldOf(item, name)
  return [found].flat().flatMap((each) => (each === undefined || each === null ? [] : [String(each)]))
}

const fieldOf = (item: unknown, name: string): unknown =>
  typeof item === 'object' && item !== null && Object.hasOwn(item, name)
    ? (item as Record<string, unknown>)[name]
    : undefined

/** How many grants are active, and how many are listed at all. */
export function grantsOf(document: unknown, grants: Grants, fillings: Fillings): { active: number; total?: number } {
  if (grants.count !== undefined) return { active: numberAt(document, grants.count) ?? 0 }
  const items = itemsOf(document, grants, fillings)
  const expression = grants.active === undefined ? undefined : parseExpression(grants.active)
  const active = expression ? items.filter((item) => holds(expression, item)) : items
  return { active: active.length, total: items.length }
}

/** Rows of a data store come as a list; the payment is the first. */
export function paymentOf(document: unknown, payment: Payment): PaymentObservation {
  const item = Array.isArray(document) ? document[0] : document
  if (item === undefined || item === null) return { found: false }
  const amount = numberAt(item, payment.amount)
  const refunded = numberAt(item, payment.refunded)
  const currency = textAt(item, payment.currency)?.toLowerCase()
  const status = textAt(item, payment.status)
  return {
    found: true,
    ...(amount !== undefined && { amount }),
    ...(currency !== undefined && { currency }),
    ...(status !== undefined && { status }),
    ...(refunded !== undefined && { refunded }),
  }
}

export function recordsOf(document: unknown, observer: Record_ & Chain, fillings: Fillings): AuditRecord[] {
  return itemsOf(document, observer, fillings).map((raw) => {
    const texts = (['event', 'actor', 'id', 'at', 'hash', 'previous'] as const).flatMap((name) => {
      const value = textAt(raw, observer[name])
      return value === undefined ? [] : [[name, value] as const]
    })
    const states = (['before', 'after'] as const).flatMap((name) => {
      const path = observer[name]
      const value = path === undefined ? undefined : selectJson(raw, path)[0]?.value
      return value === undefined ? [] : [[name, value] as const]
    })
    return { ...Object.fromEntries([...texts, ...states]), raw }
  })
}

function textAt(item: unknown, path: string | undefined): string | undefined {
  const value = path === undefined ? undefined : selectJson(item, path)[0]?.value
  if (value === undefined || value === null) return undefined
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function numberAt(item: unknown, path: string | undefined): number | undefined {
  const text = textAt(item, path)
  return text === undefined || text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text)
}
