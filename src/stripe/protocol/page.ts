import type { PageQuery, RecordTable } from '../../store/table.ts'
import { stripeError } from '../error.ts'
import type { Operation } from './operation.ts'

const pageParams = new Set([
  'limit',
  'starting_after',
  'ending_before',
  'created',
  'expand',
  'page',
  'query',
  'include',
])
const maximumLimit = { v1: 100, v2: 100 }

/** How many objects a page has: 10 unless asked, 1 to 100. */
export function limitOf(params: Readonly<Record<string, unknown>>): number {
  const limit = params.limit ?? 10
  if (typeof limit === 'number' && limit >= 1 && limit <= maximumLimit.v1) return limit
  const message =
    Number(limit) < 1
      ? 'This value must be greater than or equal to 1.'
      : `This value must be less than or equal to ${maximumLimit.v1}.`
  throw stripeError(400, 'parameter_invalid_integer', message, 'limit')
}

/**
 * What a list is asked for. Parameters with the name of a field are conditions on it, an array names several values (`types`
 * or `ids` for `type` or `id`), `*` in a text stands for anything; other parameters have no generic meaning.
 */
export function pageQuery(
  operation: Operation,
  params: Readonly<Record<string, unknown>>,
  where: Readonly<Record<string, string>>,
  table: RecordTable,
): PageQuery {
  const equal: Record<string, string> = { ...where }
  const tests: ((record: Readonly<Record<string, unknown>>) => boolean)[] = []
  for (const [name, value] of Object.entries(params)) {
    if (pageParams.has(name) || value === undefined) continue
    const field = fieldFor(operation, name)
    if (field === undefined) continue
    if (typeof value === 'string' && !value.includes('*')) equal[field] = value
    else tests.push((record) => accepts(record[field], value))
  }
  return {
    where: equal,
    ...(tests.length > 0 && { keep: (record) => tests.every((test) => test(record)) }),
    ...createdRange(params.created),
    limit: limitOf(params),
    ...cursor('startingAfter', params.starting_after, 'starting_after', operation, table),
    ...cursor('endingBefore', params.ending_before, 'ending_before', operation, table),
  }
}

function fieldFor({ type }: Operation, name: string): string | undefined {
  if (type?.byName.has(name)) return name
  const singular = name.replace(/s$/, '')
  return type?.byName.has(singular) ? singular : undefined
}

function accepts(actual: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return wanted.some((value) => accepts(actual, value))
  if (typeof wanted === 'string' && wanted.includes('*')) return wildcard(wanted).test(String(actual))
  if (typeof wanted === 'object' && wanted !== null) return withinObject(actual, wanted as Record<string, unknown>)
  return actual === wanted
}

/** `recurring: { interval: 'month' }`, or a range of numbers. */
function withinObject(actual: unknown, wanted: Record<string, unknown>): boolean {
  if (typeof actual === 'number') {
    const { from, to } = rangeOf(wanted)
    return actual >= from && actual <= to
  }
  if (typeof actual !== 'object' || actual === null) return false
  return Object.entries(wanted).every(([name, value]) => accepts((actual as Record<string, unknown>)[name], value))
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.\\+?^${}()|[\]]/g, '\\$&'))
      .join('.*')}$`,
  )

function createdRange(created: unknown): Pick<PageQuery, 'created'> {
  if (created === undefined || created === null) return {}
  if (typeof created === 'number') return { created: { from: created, to: created } }
  return typeof created === 'object' ? { created: rangeOf(created as Record<string, unknown>) } : {}
}

function rangeOf({ gt, gte, lt, lte }: Record<string, unknown>): { from: number; to: number } {
  const from = Math.max(numberOr(gte, -Infinity), numberOr(gt, -Infinity) + 1)
  return { from, to: Math.min(numberOr(lte, Infinity), numberOr(lt, Infinity) - 1) }
}

const numberOr = (value: unknown, otherwise: number): number => (typeof value === 'number' ? value : otherwise)

function cursor(
  name: 'startingAfter' | 'endingBefore',
  id: unknown,
  param: string,
  operation: Operation,
  table: RecordTable,
): Partial<PageQuery> {
  if (typeof id !== 'string') return {}
  if (table.get(id)) return { [name]: id }
  throw stripeError(400, 'resource_missing', `No such ${operation.type?.object ?? 'object'}: '${id}'`, param)
}
