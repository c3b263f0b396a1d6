import type { SequenceReading, SkipReason } from '../define.ts'
import { type Description, describe } from './describe.ts'
import { hostileOf, untrustedLanguageOf } from './hostile.ts'
import { rolesOf } from './roles.ts'
import { TokenReader } from './token-reader.ts'
import { firstTokens } from './tokens.ts'

/** All that one statement tells before it is run. */
export interface StatementFacts extends Description {
  roles: string[]
  hostile?: string
  skip?: SkipReason
  optional?: true
  privileged?: true
  extension?: string
  tablespace?: string
  sequence?: SequenceReading
  /** Id of a large object that it makes. */
  largeObject?: string
  /** What it does to a large object that is there: opens it for writing, writes into it, or something that pg_dump does not do. */
  toObject?: { open: string } | { write: Buffer } | 'unknown'
  /** `language plpython3u` */
  needs?: string
}

const privileged =
  /^(CREATE (EXTENSION|EVENT TRIGGER|LANGUAGE|OPERATOR CLASS|OPERATOR FAMILY|CAST|TRANSFORM|ACCESS METHOD|TEXT SEARCH (PARSER|TEMPLATE)|FOREIGN DATA WRAPPER)|ALTER (EXTENSION|EVENT TRIGGER|LANGUAGE|OPERATOR CLASS|OPERATOR FAMILY)|COMMENT ON (EXTENSION|LANGUAGE|EVENT TRIGGER|CAST)|DROP (EXTENSION|EVENT TRIGGER|LANGUAGE|CAST))\b/

/** Reads a statement of PostgreSQL; `standardStrings`: the setting standard_conforming_strings that it stands under. Costs little for long ones: only what could run is looked at to its end. */
export function readStatement(sql: string, standardStrings = true): StatementFacts {
  const description = describe(sql)
  const { verb, what, object } = description
  const facts: StatementFacts = { ...description, roles: rolesOf(sql, verb) }
  const hostile = hostileOf(sql, description)
  const skip = skipOf(sql, description)
  const tablespace = /^\s*SET default_tablespace = (?:'((?:[^']|'')*)'|(\w+))/i.exec(sql)
  const name = tablespace?.[1] ?? tablespace?.[2]
  return {
    ...facts,
    ...(hostile && { hostile }),
    ...(skip && { skip }),
    ...(isOptional(sql, description) && { optional: true }),
    ...(privileged.test(what) && { privileged: true }),
    ...(/^CREATE EXTENSION/.test(what) && object && { extension: object.name }),
    ...(/^CREATE (FUNCTION|PROCEDURE)/.test(what) && languageNeeded(sql)),
    ...(name ? { tablespace: name } : /^CREATE TABLESPACE/.test(what) && object ? { tablespace: object.name } : {}),
    ...(verb === 'SELECT' && called(sql, standardStrings)),
  }
}

function languageNeeded(sql: string): { needs: string } | Record<string, never> {
  const language = untrustedLanguageOf(sql)
  return language ? { needs: `language ${language}` } : {}
}

function skipOf(sql: string, { what, verb }: Description): SkipReason | undefined {
  if (/^(CREATE|ALTER|DROP) (ROLE|USER|GROUP)\b/.test(what) && !/^\w+ USER MAPPING/.test(what)) return 'role'
  if (/^(GRANT|REVOKE)$/.test(what)) return 'role'
  if (/^(CREATE|ALTER|DROP|COMMENT ON) TABLESPACE\b/.test(what) || (verb === 'GRANT' && /\bON TABLESPACE\b/i.test(sql)))
    return 'tablespace'
  if (/^SET default_tablespace$/i.test(what) && !/=\s*''/.test(sql)) return 'tablespace'
  if (
    /^(CREATE|ALTER|DROP|COMMENT ON) DATABASE\b/.test(what) ||
    (/^(GRANT|REVOKE) ON\b/.test(what) && /\bON DATABASE\b/i.test(sql))
  )
    return 'database'
  if (/^(CREATE|ALTER|DROP|COMMENT ON) SUBSCRIPTION\b/.test(what)) return 'subscription'
  if (/^SET (client_encoding|names)$/i.test(what)) return 'encoding'
  return undefined
}

/** Before --clean drops a view that others depend on in a circle, it makes it one of nothing but NULLs. */
const stub = /^CREATE OR REPLACE VIEW [^;]* AS\nSELECT\n(?: {4}NULL::[^\n]+\n?)+$/

/** pg_dump --clean drops first what an empty database does not have. */
const isOptional = (sql: string, { what }: Description): boolean =>
  /^DROP /.test(what) ||
  what === 'SELECT lo_unlink' ||
  what === 'CREATE SCHEMA public' ||
  (/^CREATE VIEW /.test(what) && stub.test(sql)) ||
  (/^ALTER /.test(what) && /\bDROP (CONSTRAINT|DEFAULT|IDENTITY)\b|\bALTER COLUMN \S+ DROP\b/i.test(sql.slice(0, 2000)))

function called(sql: string, standardStrings: boolean): Partial<StatementFacts> {
  const reader = new TokenReader(firstTokens(sql, 20, standardStrings))
  reader.next()
  const name = reader.name()?.name
  reader.symbol('(')
  if (name === 'lo_create' || name === 'lo_creat') return { largeObject: reader.next()?.text ?? '' }
  if (name === 'lo_open') return { toObject: { open: reader.next()?.text ?? '' } }
  if (name === 'lowrite')
    return { toObject: { write: Buffer.from(/'\\{1,2}x([0-9a-f]*)'/i.exec(sql)?.[1] ?? '', 'hex') } }
  if (/^lo_(?:put|from_bytea|import|truncate)/.test(name ?? '')) return { toObject: 'unknown' }
  if (name !== 'setval') return {}
  const sequence = new TokenReader(firstTokens(reader.string() ?? '', 5)).name()
  reader.symbol(',')
  const negative = reader.symbol('-')
  const value = reader.next()?.text ?? ''
  reader.symbol(',')
  const isCalled = reader.next()?.text !== 'false'
  if (!sequence) return {}
  return {
    sequence: { schema: sequence.schema ?? '', name: sequence.name, value: `${negative ? '-' : ''}${value}`, isCalled },
  }
}
