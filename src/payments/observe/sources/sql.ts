import type { Fillings } from '../../contract/template.ts'
import type { ReadableSource } from './source.ts'

/** Answers one reading statement with rows. */
export interface SqlClient {
  query(statement: string, signal?: AbortSignal): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export interface SqlSource {
  statement: string
  /** `postgres://…`, `mysql://…`, `mariadb://…`, `sqlite:<file>` */
  db: string
  /** What a relative file of SQLite begins at. */
  cwd: string
}

/** The rows of one statement as a list of objects. The data store is contacted at the first reading. */
export function sqlSource({ statement, db, cwd }: SqlSource): ReadableSource {
  let client: Promise<SqlClient> | undefined
  return {
    async read(fillings, signal) {
      client ??= openClient(db, cwd)
      const rows = await (await client).query(fillStatement(statement, fillings), signal)
      return { document: rows, body: JSON.stringify(rows) }
    },
    async close() {
      await (await client)?.close()
    },
  }
}

async function openClient(db: string, cwd: string): Promise<SqlClient> {
  if (/^postgres(ql)?:\/\//.test(db)) return (await import('./postgres.ts')).openPostgres(db)
  if (/^(mysql|mariadb):\/\//.test(db)) return (await import('./mysql.ts')).openMysql(db)
  if (/^(sqlite|file):/.test(db)) return (await import('./sqlite.ts')).openSqlite(db, cwd)
  throw new Error('the database URL begins with none of postgres://, mysql://, mariadb://, sqlite:')
}

/** Placeholders become texts of SQL; one that stands inside a text already is filled in as it is. */
export function fillStatement(statement: string, fillings: Fillings): string {
  const pieces = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\{[a-z_]+\}/g
  const textOf = (name: string) => {
    const value = fillings[name]
    if (value !== undefined && /[\\\0]/.test(value)) throw new Error(`{${name}} cannot stand in a statement`)
    return value?.replaceAll("'", "''")
  }
  return statement.replace(pieces, (piece) => {
    if (piece.startsWith('{')) {
      const value = textOf(piece.slice(1, -1))
      return value === undefined ? piece : `'${value}'`
    }
    return piece.replace(/\{([a-z_]+)\}/g, (whole, name: string) => textOf(name) ?? whole)
  })
}
