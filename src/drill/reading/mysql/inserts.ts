/** A name that may be qualified: the database quoted or bare, then the name quoted or bare. */
export const identifier = '(?:(?:`((?:[^`]|``)+)`|([\\w$]+))\\s*\\.\\s*)?(?:`((?:[^`]|``)+)`|([\\w$]+))'
const insert = new RegExp(
  `^(?:insert|replace)\\s+(?:ignore\\s+|low_priority\\s+|delayed\\s+|high_priority\\s+)*(?:into\\s+)?${identifier}\\s*`,
  'i',
)

/** Where rows go. */
export interface Insert {
  /** undefined: the one that the dump is restored into. */
  database: string | undefined
  name: string
  /** Empty where the statement lists none: all that are visible. */
  columns: string[]
}

/** Follows which database and table the statements of a dump are about. */
export class Inserts {
  /** The one in use. */
  database: string | undefined
  #head: string | undefined
  #last: Insert | undefined

  /** The database that a statement begins to use. */
  use(code: string): string | undefined {
    const found = /^use\s+(?:`((?:[^`]|``)+)`|([^`;\s]+))/i.exec(code)
    if (!found) return undefined
    this.database = unquoted(found[1], found[2]) ?? ''
    this.#head = undefined
    return this.database
  }

  /** The table of INSERT and REPLACE; `code` is the statement, or what stands before its rows. */
  of(code: string): Insert | undefined {
    if (code === this.#head) return this.#last
    const found = insert.exec(code)
    const name = unquoted(found?.[3], found?.[4])
    this.#head = code
    this.#last =
      found && name !== undefined
        ? { database: unquoted(found[1], found[2]) ?? this.database, name, columns: columnsIn(code, found[0].length) }
        : undefined
    return this.#last
  }
}

function columnsIn(code: string, from: number): string[] {
  const [, list = ''] = /^\(((?:`(?:[^`]|``)*`|[^`()])*)\)/.exec(code.slice(from)) ?? []
  return [...list.matchAll(/`((?:[^`]|``)*)`|([^\s,`]+)/g)].map(([, quoted, bare]) => unquoted(quoted, bare) ?? '')
}

export const unquoted = (quoted: string | undefined, bare: string | undefined): string | undefined =>
  quoted?.replaceAll('``', '`') ?? bare

/** Key of a table in a map. */
export const placeKey = (database: string | undefined, name: string): string => JSON.stringify([database, name])
