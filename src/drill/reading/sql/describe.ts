import type { ObjectReading } from '../define.ts'
import { type QualifiedName, TokenReader } from './token-reader.ts'
import { firstTokens } from './tokens.ts'

/** What a statement does and to what. */
export interface Description {
  /** `CREATE TABLE public.cards`; never holds a value of a row. */
  what: string
  /** First words, upper case: `CREATE EXTENSION`, `SET`, `INSERT`. */
  verb: string
  /** What it makes or changes. */
  object?: ObjectReading
}

const kinds = [
  'materialized view',
  'foreign data wrapper',
  'foreign table',
  'event trigger',
  'access method',
  'user mapping',
  'text search configuration',
  'text search dictionary',
  'text search parser',
  'text search template',
  'operator class',
  'operator family',
  'large object',
  'table',
  'index',
  'sequence',
  'view',
  'function',
  'procedure',
  'routine',
  'aggregate',
  'trigger',
  'rule',
  'policy',
  'type',
  'domain',
  'schema',
  'extension',
  'collation',
  'conversion',
  'operator',
  'cast',
  'language',
  'publication',
  'subscription',
  'server',
  'statistics',
  'transform',
  'role',
  'user',
  'group',
  'database',
  'tablespace',
  'constraint',
  'column',
  'system',
  'property graph',
] as const

const modifiers = [
  'or replace',
  'unlogged',
  'temporary',
  'temp',
  'global',
  'local',
  'unique',
  'recursive',
  'default',
  'trusted',
  'procedural',
  'constraint',
]

/** Kinds whose name is followed by what they belong to: `ON table`. */
const ofTable: Record<string, string> = { index: 'INDEX', trigger: 'TRIGGER', rule: 'RULE', policy: 'POLICY' }

const known = new Set(
  (
    'abort alter analyze begin call checkpoint close cluster comment commit copy create deallocate declare delete discard do drop end ' +
    'execute explain fetch grant import insert listen load lock merge move notify prepare reassign refresh reindex release reset revoke ' +
    'rollback savepoint security select set show start table truncate unlisten update vacuum values with'
  ).split(' '),
)

/** Whether SQL has a statement that begins with this word. */
export const isSqlVerb = (word: string): boolean => known.has(word)

export function describe(sql: string): Description {
  const reader = new TokenReader(firstTokens(sql, 60))
  const first = reader.current
  if (reader.symbol('(')) return { what: 'SELECT', verb: 'SELECT' }
  if (first?.kind !== 'word') return { what: 'a statement that is no SQL', verb: '' }
  const verb = first.text.toUpperCase()
  reader.next()
  if (['create', 'alter', 'drop'].includes(first.text)) return describeObject(verb, reader)
  if (first.text === 'comment' && reader.words('on')) return named('COMMENT ON', 'COMMENT', reader)
  if (first.text === 'security' && reader.words('label')) return { what: 'SECURITY LABEL', verb: 'SECURITY LABEL' }
  if (first.text === 'refresh' && reader.words('materialized', 'view')) {
    reader.words('concurrently')
    return made('REFRESH MATERIALIZED VIEW', 'MATERIALIZED VIEW DATA', reader.name())
  }
  if (first.text === 'insert' && reader.words('into')) return made('INSERT INTO', 'TABLE DATA', reader.name())
  if (first.text === 'copy') return made('COPY', 'TABLE DATA', reader.name())
  if (first.text === 'grant' || first.text === 'revoke') return describeGrant(verb, reader)
  if (first.text === 'set' || first.text === 'reset')
    return { what: `${verb} ${reader.current?.text ?? ''}`.trim(), verb }
  if (first.text === 'select') return { what: functionCalled(reader), verb }
  return { what: verb, verb }
}

function describeObject(verb: string, reader: TokenReader): Description {
  // Asked first, for DEFAULT is a modifier too.
  if (reader.words('default', 'privileges')) {
    const what = `${verb} DEFAULT PRIVILEGES`
    return { what, verb: what }
  }
  while (reader.oneOf(...modifiers)) {
    // They do not change what is made.
  }
  const kind = reader.oneOf(...kinds)
  if (!kind) return { what: verb, verb }
  const type = kind.toUpperCase()
  reader.words('concurrently')
  if (!reader.words('if', 'not', 'exists')) reader.words('if', 'exists')
  if (kind === 'cast' || kind === 'transform') return named(`${verb} ${type}`, type, new TokenReader([]))
  if (kind === 'user mapping') return { what: `${verb} USER MAPPING`, verb: `${verb} USER MAPPING` }
  if (kind === 'table' || kind === 'foreign table') reader.words('only')
  const nameless = kind === 'index' && reader.current?.text === 'on'
  const name = nameless ? undefined : kind === 'operator' ? operatorName(reader) : reader.name()
  if (kind === 'schema' && reader.current?.text === 'authorization') return made(`${verb} SCHEMA`, 'SCHEMA', name)
  if (verb === 'CREATE' && ofTable[kind]) return describeOfTable(verb, type, name, reader)
  if (verb === 'ALTER' && kind === 'table') return describeAlterTable(name, reader)
  const signature =
    ['function', 'procedure', 'aggregate', 'routine'].includes(kind) && reader.current?.text === '('
      ? `(${reader.parenthesis().slice(2, -2)})`
      : ''
  return made(`${verb} ${type}`, type, name && { ...name, name: name.name + signature })
}

function describeOfTable(
  verb: string,
  type: string,
  name: QualifiedName | undefined,
  reader: TokenReader,
): Description {
  const found = type === 'RULE' ? reader.find('to') : reader.find('on')
  if (found) reader.words('only')
  const table = found ? reader.name() : undefined
  const description = made(`${verb} ${type}`, type, name)
  if (!description.object || !table) return description
  const schema = table.schema ?? description.object.schema
  return {
    ...description,
    object: { ...description.object, table: table.name, ...(schema !== undefined && { schema }) },
  }
}

function describeAlterTable(table: QualifiedName | undefined, reader: TokenReader): Description {
  if (!table || !reader.words('add', 'constraint')) return made('ALTER TABLE', 'TABLE', table)
  const name = reader.name()?.name ?? ''
  const type = reader.words('foreign', 'key')
    ? 'FK CONSTRAINT'
    : reader.words('check')
      ? 'CHECK CONSTRAINT'
      : 'CONSTRAINT'
  const object: ObjectReading = {
    type,
    name,
    table: table.name,
    ...(table.schema !== undefined && { schema: table.schema }),
  }
  return { what: `ALTER TABLE ${label(table)} ADD CONSTRAINT ${name}`, verb: 'ALTER TABLE', object }
}

function describeGrant(verb: string, reader: TokenReader): Description {
  const granted = reader.find('on')
  if (!granted) return { what: verb, verb }
  reader.oneOf(...kinds)
  const name = reader.name()
  return made(`${verb} ON`, 'ACL', name, verb)
}

function named(what: string, type: string, reader: TokenReader): Description {
  const kind = reader.oneOf(...kinds)
  const name = reader.name()
  return made(`${what} ${kind?.toUpperCase() ?? ''}`.trim(), type, name)
}

/** Setting a sequence names it; of other functions only the name is told, because arguments may be data. */
function functionCalled(reader: TokenReader): string {
  const name = reader.name()
  if (!name || !reader.symbol('(')) return 'SELECT'
  const argument = name.name === 'setval' ? ` ${reader.string() ?? ''}` : ''
  return `SELECT ${name.name}${argument}`
}

function operatorName(reader: TokenReader): QualifiedName {
  const schema = reader.name()?.name
  let name = ''
  reader.symbol('.')
  while (reader.current?.kind === 'symbol' && reader.current.text !== '(') name += reader.next()?.text
  return { name, ...(schema !== undefined && { schema }) }
}

function made(what: string, type: string, name: QualifiedName | undefined, verb = what): Description {
  if (!name) return { what, verb }
  const object: ObjectReading = { type, name: name.name, ...(name.schema !== undefined && { schema: name.schema }) }
  return { what: `${what} ${label(name)}`, verb, object }
}

/** `schema.name`, as messages name things. */
export const label = ({ schema, name }: { schema?: string | undefined; name: string }): string =>
  schema ? `${schema}.${name}` : name
