import { largeObjectsOf } from './entry-statements.ts'
import type { Archive, TocEntry } from './toc.ts'

/**
 * Since version 1.16 large objects with the same owner and privileges share an entry, whose statements name the first of them; they are
 * meant for all. undefined for every other entry.
 */
export function objectGrants(entry: TocEntry, { entries }: Archive): string[] | undefined {
  if (!/^(ACL|COMMENT|SECURITY LABEL)$/.test(entry.desc) || !entry.tag.startsWith('LARGE OBJECTS ')) return undefined
  const group = entries.find(({ desc, dumpId }) => desc === 'BLOB METADATA' && dumpId === entry.dependsOn)
  if (!group) return undefined
  const first = /LARGE OBJECT (\d+)/.exec(entry.definition)?.[1]
  const statements = entry.definition.split('\n').filter((line) => line.trim() !== '')
  return largeObjectsOf(group).flatMap((oid) =>
    statements.map((sql) => sql.replace(`LARGE OBJECT ${first}`, `LARGE OBJECT ${oid}`)),
  )
}
