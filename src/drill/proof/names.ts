import { suggest } from '../../kernel/suggest.ts'
import { type Inventory, nameOf, type QualifiedName, type RelationShape } from './inventory.ts'

/** The relations that a person may mean by `name` or `schema.name`; capitals count only when nothing matches without. */
export function findRelations(inventory: Pick<Inventory, 'relations'>, text: string): RelationShape[] {
  const exact = inventory.relations.filter((each) => nameOf(each) === text || each.name === text)
  if (exact.length > 0) return exact
  const lower = text.toLowerCase()
  return inventory.relations.filter((each) => nameOf(each).toLowerCase() === lower || each.name.toLowerCase() === lower)
}

/** A column named `table.column` or `schema.table.column`; undefined when there is none such. */
export function findColumn(
  inventory: Pick<Inventory, 'relations'>,
  text: string,
): { relation: RelationShape; column: string } | undefined {
  for (let dot = text.lastIndexOf('.'); dot > 0; dot = text.lastIndexOf('.', dot - 1)) {
    const column = text.slice(dot + 1)
    const relation = findRelations(inventory, text.slice(0, dot)).find(({ columns }) =>
      columns.some(({ name }) => name === column),
    )
    if (relation) return { relation, column }
  }
  return undefined
}

/** ` (did you mean public.cards?)` or nothing. */
export function hint(inventory: Pick<Inventory, 'relations'>, text: string): string {
  const names = inventory.relations.flatMap((each) => [nameOf(each), each.name])
  const near = suggest(text, names)
  return near ? ` (did you mean ${near}?)` : ''
}

/** Whether somebody declared the odd state of this thing as known, by its name, `schema.name` or `table.name`. */
export function isKnown(known: readonly string[], { schema, name }: QualifiedName, table?: string): boolean {
  const names = [name, `${schema}.${name}`, ...(table ? [`${table}.${name}`, `${schema}.${table}.${name}`] : [])]
  return known.some((each) => names.includes(each))
}
