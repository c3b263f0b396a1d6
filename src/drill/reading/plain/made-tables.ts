import type { ObjectReading } from '../define.ts'

interface TableName {
  schema: string
  name: string
}

/** Finds a table by its name in a comment of pg_dump, which has spaces where the name has line ends. */
export class MadeTables {
  #byComment = new Map<string, TableName[]>()
  #seen = 0

  constructor(private readonly objects: readonly ObjectReading[]) {}

  /** The table that was made under that name; the name itself when none was, undefined when it can be more than one. */
  named(found: TableName, database: string | undefined): TableName | undefined {
    for (; this.#seen < this.objects.length; this.#seen++) this.#add(this.objects[this.#seen]!)
    const made = this.#byComment.get(keyOf(found, database)) ?? [found]
    return made.length === 1 ? made[0] : undefined
  }

  #add({ type, schema = '', name, database }: ObjectReading): void {
    if (type !== 'TABLE') return
    const key = keyOf({ schema, name }, database)
    this.#byComment.set(key, [...(this.#byComment.get(key) ?? []), { schema, name }])
  }
}

const keyOf = ({ schema, name }: TableName, database: string | undefined): string =>
  JSON.stringify([database, inComment(schema), inComment(name)])

const inComment = (name: string): string => name.replace(/[\r\n]/g, ' ')
