import type { Term } from '../../store/table.ts'
import { StripeError } from '../error.ts'

type Predicate = (object: Readonly<Record<string, unknown>>) => boolean

export interface Query {
  /** Whether an object is found. */
  keep: Predicate
  /** What an index leads to: the equalities that hold for everything that is found. */
  terms: Term[]
}

interface Clause {
  isNegated: boolean
  path: string[]
  operator: ':' | '~' | '>' | '<' | '>=' | '<='
  value: string | number | null
}

const clausePattern =
  /\s*(-)?([a-z_][a-z0-9_.]*)((?:\[\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\])?)\s*(:|~|>=|<=|>|<)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|null|true|false)\s*/iy
const joinPattern = /(AND|OR)\b\s*|(?=[-a-z])/iy
const longest = 2000

/**
 * Reads Stripe's search query language: `field:"value"`, `~` for parts of texts, numeric comparisons, `metadata["key"]`, a leading
 * `-`, and AND or OR, which cannot be mixed. Throws a 400 on anything else.
 */
export function parseQuery(query: string): Query {
  if (query.length > longest) throw invalid(`the query is longer than ${longest} characters`)
  const clauses: Clause[] = []
  const joins = new Set<string>()
  let at = 0
  while (at < query.length || clauses.length === 0) {
    const [clause, end] = parseClause(query, at)
    clauses.push(clause)
    at = end
    if (at >= query.length) break
    joinPattern.lastIndex = at
    const join = joinPattern.exec(query)
    if (!join) throw invalid(`could not parse it at position ${at}: ${JSON.stringify(query.slice(at, at + 20))}`)
    joins.add((join[1] ?? 'AND').toUpperCase())
    at = joinPattern.lastIndex
  }
  if (joins.size > 1) throw invalid('AND and OR cannot be combined in one query')
  const predicates = clauses.map(predicateOf)
  if (joins.has('OR')) return { keep: (object) => predicates.some((matches) => matches(object)), terms: [] }
  return { keep: (object) => predicates.every((matches) => matches(object)), terms: clauses.flatMap(termOf) }
}

function termOf({ isNegated, path, operator, value }: Clause): Term[] {
  if (isNegated || operator !== ':' || value === null) return []
  return [{ name: path.join('\0'), key: String(value).toLowerCase(), keysOf: (record) => textsAt(record, path) }]
}

/** What `equals` is asked about at a path, in lower case. */
function textsAt(object: Readonly<Record<string, unknown>>, path: readonly string[]): string | string[] | undefined {
  let value: unknown = object
  for (let at = 0; at < path.length; at++) {
    if (Array.isArray(value)) return textsIn(value, path.slice(at))
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, path[at]!)) return undefined
    value = (value as Record<string, unknown>)[path[at]!]
  }
  return value === undefined || value === null ? undefined : String(value).toLowerCase()
}

const textsIn = (items: readonly unknown[], path: readonly string[]): string[] => [
  ...new Set(items.flatMap((item) => textsAt({ item }, ['item', ...path]) ?? [])),
]

function parseClause(query: string, at: number): [Clause, number] {
  clausePattern.lastIndex = at
  const match = clausePattern.exec(query)
  if (!match) throw invalid(`could not parse it at position ${at}: ${JSON.stringify(query.slice(at, at + 20))}`)
  const [, minus, name, key, operator, value] = match as unknown as string[]
  const path = name!.split('.')
  if (key) path.push(unquote(key.slice(1, -1).trim()))
  const clause: Clause = {
    isNegated: minus !== undefined,
    path,
    operator: operator as Clause['operator'],
    value: literalOf(value!),
  }
  return [clause, clausePattern.lastIndex]
}

function literalOf(text: string): string | number | null {
  if (text === 'null') return null
  return /^-?\d/.test(text) ? Number(text) : unquote(text)
}

const unquote = (text: string): string => (/^["']/.test(text) ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text)

function predicateOf({ isNegated, path, operator, value }: Clause): Predicate {
  const holds = comparison(operator, value)
  return (object) => holdsAt(object, path, 0, holds) !== isNegated
}

/** Texts are compared without regard to case, as Stripe's search does. */
function comparison(operator: Clause['operator'], wanted: string | number | null): (actual: unknown) => boolean {
  const text = String(wanted).toLowerCase()
  switch (operator) {
    case ':':
      if (wanted === null) return (actual) => actual === undefined || actual === null
      return equals(text)
    case '~':
      return (actual) => typeof actual === 'string' && actual.toLowerCase().includes(text)
    case '>':
      return (actual) => typeof actual === 'number' && actual > Number(wanted)
    case '<':
      return (actual) => typeof actual === 'number' && actual < Number(wanted)
    case '>=':
      return (actual) => typeof actual === 'number' && actual >= Number(wanted)
    case '<=':
      return (actual) => typeof actual === 'number' && actual <= Number(wanted)
  }
}

/** Lower case keeps the length of what becomes ASCII, so most texts are told apart without making another. */
function equals(text: string): (actual: unknown) => boolean {
  const isAscii = /^[\0-\x7f]*$/.test(text)
  return (actual) => {
    if (actual === null || actual === undefined) return false
    const other = String(actual)
    if (isAscii && other.length !== text.length) return false
    return other === text || other.toLowerCase() === text
  }
}

/** Whether it holds for one of the values that a path leads to, through arrays; for undefined where it leads nowhere. */
function holdsAt(value: unknown, path: readonly string[], at: number, holds: (actual: unknown) => boolean): boolean {
  if (at === path.length) return holds(value)
  if (Array.isArray(value)) return value.some((item) => holdsAt(item, path, at, holds))
  const name = path[at]!
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return holds(undefined)
  return holdsAt((value as Record<string, unknown>)[name], path, at + 1, holds)
}

const invalid = (why: string): StripeError =>
  new StripeError(400, {
    type: 'invalid_request_error',
    message: `We were unable to parse your search query: ${why}. Please try using the field:value format.`,
    param: 'query',
  })
