import { createHash } from 'node:crypto'
import { selectJson } from '../../kernel/json-path.ts'
import type { Chain } from '../contract/chain.ts'
import type { AuditRecord } from '../observe/types.ts'

/**
 * What is wrong with a chain of hashes, in words without ids; undefined where every record has the hash that its contents make, and no two
 * follow the same one. The records may be some of a longer log: those of one payment.
 */
export function brokenChain(records: readonly AuditRecord[], chain: Chain): string | undefined {
  const before = new Set<string>()
  for (const record of records) {
    if (!isHashOf(record.hash, digestOf(record.raw, chain))) return 'a record whose hash is not that of its contents'
    if (record.previous === undefined) continue
    if (before.has(record.previous)) return 'two records that follow the same one'
    before.add(record.previous)
  }
  return undefined
}

function digestOf(raw: unknown, { hash, over, join, json }: Chain): Buffer {
  const write = json === 'spaced' ? writeSpaced : (value: unknown) => JSON.stringify(value)
  const valueAt = (path: string): unknown => selectJson(raw, path)[0]?.value ?? null
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : value === null ? '' : write(value))
  const parts = over.map((part) => (Array.isArray(part) ? write(part.map(valueAt)) : textOf(valueAt(part))))
  return createHash(hash).update(parts.join(join), 'utf8').digest()
}

const isHashOf = (text: string | undefined, digest: Buffer): boolean =>
  text !== undefined &&
  [digest.toString('hex'), digest.toString('base64')].includes(/^[0-9A-F]+$/.test(text) ? text.toLowerCase() : text)

/** As Python writes JSON unless it is told otherwise: a space behind commas and colons, and only ASCII. */
function writeSpaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeSpaced).join(', ')}]`
  if (typeof value !== 'object' || value === null)
    return JSON.stringify(value).replace(
      /[\u0080-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  const members = Object.entries(value).map(([key, each]) => `${writeSpaced(key)}: ${writeSpaced(each)}`)
  return `{${members.join(', ')}}`
}
