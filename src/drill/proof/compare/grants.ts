import type { GrantShape, Inventory } from '../inventory.ts'
import type { Report } from './inventory.ts'

/** Privileges that were lost, told once for each role: a dump without privileges lacks them all. */
export function compareGrants(wanted: Inventory, restored: Inventory, report: Report): void {
  const key = ({ object, grantee, privilege }: GrantShape) => `${grantee} ${privilege} ${object}`
  const found = new Set(restored.grants.map(key))
  const objects = objectsOf(restored)
  const lost = new Map<string, GrantShape[]>()
  for (const each of wanted.grants) {
    // What is gone altogether is told elsewhere.
    if (found.has(key(each)) || !objects.has(objectKey(each.object))) continue
    lost.set(each.grantee, [...(lost.get(each.grantee) ?? []), each])
  }
  for (const [grantee, all] of lost) {
    const shown = all.slice(0, 3).map(({ privilege, object }) => `${privilege} on ${object}`)
    const more = all.length > shown.length ? ` and ${all.length - shown.length} more` : ''
    report('PRIVILEGES_MISSING', grantee, `${grantee} lost privileges: ${shown.join(', ')}${more}`)
  }
}

/** A column's privileges go with its table. */
const objectKey = (object: string): string =>
  object.startsWith('column ') ? object.replace('column ', 'table ').replace(/\.[^.]*$/, '') : object

const objectsOf = (inventory: Inventory): Set<string> =>
  new Set([
    ...inventory.relations.map(({ schema, name }) => `table ${schema}.${name}`),
    ...inventory.sequences.map(({ schema, name }) => `sequence ${schema}.${name}`),
    ...inventory.routines.map(({ schema, signature }) => `function ${schema}.${signature}`),
    ...inventory.schemas.map((name) => `schema ${name}`),
  ])
