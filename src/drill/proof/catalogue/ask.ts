import type { Database } from '../../engines/define.ts'

/** The rows of a catalogue query as JSON values, whatever the engine's driver makes of types. The query must not end in a semicolon. */
export async function ask<T>(database: Database, sql: string): Promise<T[]> {
  const [row] = await database.query(`select coalesce(json_agg(q), '[]')::text as json from (${sql}) q`)
  return JSON.parse(row?.json ?? '[]') as T[]
}

/** Leaves out what belongs to the server itself. `n` is the alias of pg_namespace. */
export const userSchemas = "n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"

/** True for a member of an extension. */
export const ofExtension = (catalogue: string, oid: string): string =>
  `exists (select from pg_depend member where member.classid = '${catalogue}'::regclass and member.objid = ${oid} and member.deptype = 'e')`
