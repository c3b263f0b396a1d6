import type { DatabaseError } from '../engines/define.ts'
import { type Finding, type FindingCode, finding } from '../findings.ts'
import type { RestoreItem, StatementItem } from '../reading/define.ts'

/** What failed, in words that hold no value of a row. */
export interface Failed {
  /** `CREATE INDEX public.cards_name`, `COPY public.cards` */
  what: string
  /** The object that the statement is about: `public.cards`. */
  object?: string | undefined
  /** Line of the backup at which the statement or its first row stands. */
  line?: number | undefined
}

export interface Surroundings {
  /** Major of the server the backup was made of, and of the engine. */
  dumpMajor?: number | undefined
  engineMajor: number
  engineKind: string
  /** Whether the backup makes an object of that unqualified name. */
  has(name: string): boolean
}

const constraintCodes = ['23505', '23503', '23502', '23514', '23P01', '23000']

/** What an error of the engine says about the backup. */
export function classify(error: DatabaseError, failed: Failed, around: Surroundings): Finding {
  const { code = '', constraint, table, column, line } = error.fields
  const message = error.message
  const [, quoted] = /"([^"…]+)"/.exec(message) ?? []
  const say = (as: FindingCode, object: string | undefined = failed.object) =>
    finding(as, 'restore', `${failed.what}${place(failed.line, line)}: ${message}`, { object: object ?? quoted })

  if (code === '53100' || /No space left on device/.test(message)) return say('NO_SPACE')
  if (code === '57014') return say('TIMEOUT')
  if (constraintCodes.includes(code))
    return say('CONSTRAINT_FAILED', constraint ?? named(table, column) ?? quoted ?? failed.object)
  if (/^(?:22021|22P05)$/.test(code)) return say('ENCODING', named(table, column) ?? failed.object)
  if (/^extension "|could not open extension control file|could not access file "\$libdir/.test(message))
    return say('EXTENSION_UNAVAILABLE', quoted)
  if (
    /invalid locale name|could not create locale|collation .* does not exist|ICU is not supported|icu.*not supported/i.test(
      message,
    )
  )
    return say('LOCALE_UNAVAILABLE', quoted ?? failed.object)
  if (/^role ".*" does not exist$/.test(message)) return say('ROLE_MISSING', quoted)
  if (/^access method ".*" does not exist$/.test(message)) return say('EXTENSION_UNAVAILABLE', quoted)
  if (/^language ".*" does not exist$/.test(message)) return say('EXTENSION_UNAVAILABLE', quoted)
  if (isUnknownToOlder(code) && around.dumpMajor !== undefined && around.dumpMajor > around.engineMajor)
    return say('DUMP_NEWER')
  if (code === '42704' && /^unrecognized configuration parameter/.test(message)) return say('DUMP_NEWER', quoted)
  if (isRemoved(message, around.engineMajor))
    return finding(
      'UNSUPPORTED',
      'restore',
      `${failed.what}: PostgreSQL ${around.engineMajor} no longer knows this: ${message}`,
      {
        object: failed.object,
      },
    )
  if (around.engineKind === 'pglite' && code === '0A000') return say('UNSUPPORTED')
  // Whoever restores is a member of every role: what he may not call is what leads out of the database.
  if (code === '42501' && /^permission denied for function /.test(message)) return say('UNSUPPORTED')
  if (code === '42P01') return say(quoted && around.has(quoted) ? 'RESTORE_ERROR' : 'TABLE_MISSING', quoted)
  if (/^(?:42883|42704|3F000|42703)$/.test(code)) {
    const name = missingName(message)
    return name && !around.has(name) ? say('OBJECTS_MISSING', name) : say('RESTORE_ERROR')
  }
  return say('RESTORE_ERROR')
}

/** Codes with which an older server answers to what only a newer one knows. */
const isUnknownToOlder = (code: string): boolean => /^(?:42601|42704|42883|42703|42P01|0A000|22023)$/.test(code)

/** Names that PostgreSQL once had and a newer major has not. */
const removed: readonly { since: number; pattern: RegExp }[] = [
  { since: 12, pattern: /type "(?:pg_catalog\.)?"?(?:abstime|reltime|tinterval)"? does not exist/ },
  { since: 12, pattern: /default_with_oids|WITH OIDS/ },
  { since: 13, pattern: /type "(?:pg_catalog\.)?"?opaque"? does not exist/ },
  {
    since: 14,
    pattern: /postfix operators are not supported|function (?:pg_catalog\.)?array_(?:append|prepend|cat)\(anyarray/,
  },
]

const isRemoved = (message: string, engineMajor: number): boolean =>
  removed.some(({ since, pattern }) => engineMajor >= since && pattern.test(message))

/** `type "mood" does not exist`, `function trimmer(text) does not exist`, `operator class "public.gin_trgm_ops" …` -> the name. */
const missingName = (message: string): string | undefined =>
  /(?:function|aggregate|procedure) ([^\s(]+)\(/.exec(message)?.[1] ?? /"([^"]+)"/.exec(message)?.[1]

const named = (table?: string, column?: string): string | undefined =>
  table === undefined ? undefined : column === undefined ? table : `${table}.${column}`

function place(first: number | undefined, line: number | undefined): string {
  if (line === undefined) return first === undefined ? '' : ` (line ${first} of the backup)`
  return first === undefined ? ` (row ${line})` : ` (line ${first + line - 1} of the backup)`
}

/** What a step of a restore is called when it fails. */
export function failedOf(item: RestoreItem): Failed {
  if (item.kind === 'statement') return { what: item.what, object: objectOf(item), line: item.line }
  if (item.kind === 'largeObject') return { what: `large object ${item.oid}`, object: `large object ${item.oid}` }
  if (item.kind === 'connect') return { what: `connect ${item.database}` }
  const name = `${item.table.schema}.${item.table.name}`
  return { what: `COPY ${name}`, object: name, line: item.line }
}

function objectOf({ object }: StatementItem): string | undefined {
  if (!object) return undefined
  const name = object.schema ? `${object.schema}.${object.name}` : object.name
  return object.table && /INDEX|CONSTRAINT|TRIGGER|RULE|POLICY/.test(object.type)
    ? `${object.name} on ${object.table}`
    : name
}
