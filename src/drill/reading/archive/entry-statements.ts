import type { Piece } from '../plain/pieces.ts'
import { SqlSplitter } from '../plain/splitter.ts'
import type { TocEntry } from './toc.ts'

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

const ownedByName =
  /^(COLLATION|CONVERSION|DOMAIN|FOREIGN TABLE|MATERIALIZED VIEW|SEQUENCE|STATISTICS|TABLE|TEXT SEARCH DICTIONARY|TEXT SEARCH CONFIGURATION|TYPE|VIEW|PROPERTY GRAPH)$/
const ownedWithoutSchema =
  /^(EVENT TRIGGER|FOREIGN DATA WRAPPER|SCHEMA|DATABASE|SERVER|PUBLICATION|SUBSCRIPTION|PROCEDURAL LANGUAGE)$/
const ownedBySignature = /^(AGGREGATE|FUNCTION|PROCEDURE|OPERATOR|OPERATOR CLASS|OPERATOR FAMILY)$/

/** Statements of an entry's definition, split; and backslash commands, which have no place there. */
export function definitionPieces(entry: TocEntry): Piece[] {
  const splitter = new SqlSplitter()
  return [...splitter.push(Buffer.from(entry.definition)), ...splitter.end()]
}

/** `ALTER … OWNER TO …` as pg_restore would say it; undefined for what has no owner of its own. */
export function ownerStatement(entry: TocEntry): string | undefined {
  const { desc, tag, owner, drop } = entry
  if (owner === '' || drop === '') return undefined
  const target = targetOf(entry)
  return target && desc !== 'BLOB METADATA' && tag !== '' ? `ALTER ${target} OWNER TO ${quoted(owner)};` : undefined
}

function targetOf({ desc, tag, schema, drop }: TocEntry): string | undefined {
  if (desc === 'BLOB') return `LARGE OBJECT ${tag}`
  if (ownedByName.test(desc)) return `${desc} ${schema ? `${quoted(schema)}.` : ''}${quoted(tag)}`
  if (ownedWithoutSchema.test(desc)) return `${desc} ${quoted(tag)}`
  if (ownedBySignature.test(desc)) return drop.replace(/^DROP (IF EXISTS )?/, '').replace(/;\s*$/, '')
  return undefined
}

/** Numbers of the large objects that a BLOB or BLOB METADATA entry stands for. */
export function largeObjectsOf({ desc, tag, definition }: TocEntry): string[] {
  if (desc === 'BLOB') return [tag]
  return desc === 'BLOB METADATA' ? (definition.match(/^\d+$/gm) ?? []) : []
}

/** pg_restore goes through the entries three times: definitions and data, then privileges, then what may run code of users. */
export function passOf({ desc, tag }: TocEntry): 0 | 1 | 2 {
  if (/^(ACL|ACL LANGUAGE|DEFAULT ACL)$/.test(desc)) return 1
  if (/^(EVENT TRIGGER|MATERIALIZED VIEW DATA)$/.test(desc)) return 2
  // Large objects are made with their data.
  if (/^(COMMENT|SECURITY LABEL)$/.test(desc) && tag.startsWith('LARGE OBJECT')) return 1
  return desc === 'COMMENT' && tag.startsWith('EVENT TRIGGER ') ? 2 : 0
}

/** Entries that set up the session or are not for restoring into a database that exists. */
export const isSession = ({ desc }: TocEntry): boolean => /^(ENCODING|STDSTRINGS|SEARCHPATH)$/.test(desc)
