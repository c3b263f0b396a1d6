import { identifier, unquoted } from './inserts.ts'

const single = new RegExp(`^(?:update|delete\\s+from|truncate(?:\\s+table)?|alter\\s+table)\\s+${identifier}`, 'i')

/**
 * What a statement changes of rows that are there already: a table, everything, or nothing. Differences between a dump and what was restored
 * of it mean nothing where statements do more than to fill tables.
 */
export function changedBy(code: string): { database: string | undefined; name: string } | 'everything' | undefined {
  if (/^(call|execute|load)\b/i.test(code)) return 'everything'
  if (!/^(update|delete|truncate|alter\s+table)\b/i.test(code) || isOfKeys(code)) return undefined
  const found = single.exec(code)
  const name = unquoted(found?.[3], found?.[4])
  const isSimple = /^(truncate|alter)\b/i.test(code) || !/,\s*`?\w+`?\s+set\b|\bjoin\b|\busing\b/i.test(code)
  return found && name !== undefined && isSimple ? { database: unquoted(found[1], found[2]), name } : 'everything'
}

/** Keys are made behind the rows, and switched off and on around them. */
function isOfKeys(code: string): boolean {
  const bare = code.replace(/`(?:[^`]|``)*`/g, 'x')
  if (!/^alter\s+table\b/i.test(bare)) return false
  if (/\b(?:modify|change|drop|rename|convert|order|alter\s+column)\b/i.test(bare)) return false
  return !/\badd\s+(?!(?:primary|unique|key|index|constraint|fulltext|spatial|foreign)\b)/i.test(bare)
}
