/**
 * A code is the type of a field, a parameter or an answer in a few characters.
 *
 * `s` string (`s500` of at most 500 characters) · `n` integer · `f` number · `t` epoch seconds · `b` boolean · `d` decimal and
 * `i` 64-bit integer (strings on the wire) · `=refund` exactly this · `e71` one of enumeration 71, `e71+` an open one ·
 * `m` metadata · `@Customer` object · `x@Customer@DeletedCustomer` expandable: an id or one of these · `[…]` array · `{…}` map ·
 * `L…` list · `S…` search result · `%…` all fields optional · `B` bytes · `v` nothing · `*` anything · `A|B` either.
 * Behind it: `~` or null · `^` cleared by `""` or null · `!` deprecated.
 */
export interface Code {
  kind: CodeKind
  /** Of `s500`. */
  maxLength?: number
  /** Of an enumeration or a literal, as text. */
  values?: readonly string[]
  /** Of an open enumeration: the list may be longer in reality. */
  isOpen?: boolean
  /** Type names of `@` and `x@`. */
  types?: readonly string[]
  /** Of arrays, maps, lists, search results, partials. */
  of?: Code
  /** Of `A|B`. */
  either?: readonly Code[]
  isNullable: boolean
  isEmptyable: boolean
  isDeprecated: boolean
}

export type CodeKind =
  | 'string'
  | 'integer'
  | 'float'
  | 'timestamp'
  | 'boolean'
  | 'decimal'
  | 'literal'
  | 'enum'
  | 'metadata'
  | 'object'
  | 'expandable'
  | 'array'
  | 'map'
  | 'list'
  | 'search'
  | 'partial'
  | 'bytes'
  | 'void'
  | 'any'
  | 'union'

type Bare = Omit<Code, 'isNullable' | 'isEmptyable' | 'isDeprecated'>

const single: Record<string, CodeKind> = {
  n: 'integer',
  f: 'float',
  t: 'timestamp',
  b: 'boolean',
  d: 'decimal',
  i: 'decimal',
  m: 'metadata',
  v: 'void',
  B: 'bytes',
}
const containers: Record<string, CodeKind> = { L: 'list', S: 'search', '%': 'partial' }

/** Reads one code; `enums` are the catalogue's. */
export function parseCode(text: string, enums: readonly string[]): Code {
  const [, bare = '', suffix = ''] = /^(.*?)([~^!]*)$/s.exec(text) ?? []
  const flags = {
    isNullable: suffix.includes('~') || suffix.includes('^'),
    isEmptyable: suffix.includes('^'),
    isDeprecated: suffix.includes('!'),
  }
  const parts = splitUnion(bare)
  if (parts.length === 1) return { ...parseBare(bare, enums), ...flags }
  return { kind: 'union', either: parts.map((part) => parseCode(part, enums)), ...flags }
}

function parseBare(text: string, enums: readonly string[]): Bare {
  const first = text[0] ?? ''
  const rest = text.slice(1)
  if (first === 's') return { kind: 'string', ...(rest && { maxLength: Number(rest) }) }
  if (first === '=') return { kind: 'literal', values: [rest] }
  if (first === 'e')
    return { kind: 'enum', values: enums[Number.parseInt(rest, 10)]!.split('|'), isOpen: rest.endsWith('+') }
  if (first === '@') return { kind: 'object', types: typeNames(text) }
  if (first === 'x') return { kind: 'expandable', types: typeNames(rest) }
  if (first === '[') return { kind: 'array', of: parseCode(rest.slice(0, -1), enums) }
  if (first === '{') return { kind: 'map', of: parseCode(rest.slice(0, -1) || '*', enums) }
  const container = containers[first]
  if (container) return { kind: container, of: parseCode(rest.replace(/^<(.*)>$/, '$1'), enums) }
  return { kind: single[first] ?? 'any' }
}

const typeNames = (text: string): string[] =>
  text
    .split('@')
    .slice(1)
    .map((name) => name.replace(/&$/, ''))

/** `A|B` at depth 0 only. */
function splitUnion(text: string): string[] {
  if (!text.includes('|')) return [text]
  const parts: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if ('[{<'.includes(char)) depth++
    if (']}>'.includes(char)) depth--
    if (char !== '|' || depth > 0) continue
    parts.push(text.slice(start, at))
    start = at + 1
  }
  return [...parts, text.slice(start)]
}
