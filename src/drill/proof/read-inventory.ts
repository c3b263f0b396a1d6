import type { Database } from '../engines/define.ts'
import { ask, userSchemas } from './catalogue/ask.ts'
import { readConstraints, readIndexes, readTriggers } from './catalogue/attachments.ts'
import { readGrants } from './catalogue/grants.ts'
import { readRelations } from './catalogue/relations.ts'
import { readOthers, readRoutines, readTypes } from './catalogue/routines.ts'
import { readSequences } from './catalogue/sequences.ts'
import type { Inventory } from './inventory.ts'

interface Head {
  version: string
  number: number
  name: string
  encoding: string
  collate: string
  ctype: string
}

const emptyPath = "set search_path = ''"

/**
 * Reads what a PostgreSQL database (10 or newer) consists of, rows aside. Catalogue only: nothing that the database brought along is run.
 * Members of extensions are told by their extension. The search path of the sessions is emptied, so that names are always qualified; a
 * second one makes it faster.
 */
export async function readInventory(database: Database, beside?: Database): Promise<Inventory> {
  await database.exec(emptyPath)
  await beside?.exec(emptyPath)
  const [head] = await ask<Head>(
    database,
    `select current_setting('server_version') as version, current_setting('server_version_num')::int as number, d.datname as name,
      pg_encoding_to_char(d.encoding) as encoding, d.datcollate as collate, d.datctype as ctype
    from pg_database d where d.datname = current_database()`,
  )
  const { version, number, ...self } = head!
  const relations = readTables(database, number)
  const [tables, others] = beside
    ? await Promise.all([relations, readObjects(beside, number)])
    : [await relations, await readObjects(database, number)]
  return {
    schema: 'inventory/1',
    server: { version, major: Math.floor(number / 10_000) },
    database: self,
    ...tables,
    ...others,
  }
}

/** Tables and what hangs on them. */
const readTables = async (database: Database, number: number) => ({
  relations: await readRelations(database, number),
  constraints: await readConstraints(database),
  indexes: await readIndexes(database),
  triggers: await readTriggers(database, number),
  sequences: await readSequences(database),
})

async function readObjects(database: Database, number: number) {
  const schemas = await ask<{ name: string }>(
    database,
    `select n.nspname as name from pg_namespace n where ${userSchemas} order by 1`,
  )
  const extensions = await ask<Inventory['extensions'][number]>(
    database,
    `select x.extname as name, x.extversion as version, n.nspname as schema
    from pg_extension x join pg_namespace n on n.oid = x.extnamespace order by 1`,
  )
  const [largeObjects] = await ask<{ count: number }>(database, 'select count(*) from pg_largeobject_metadata')
  return {
    schemas: schemas.map(({ name }) => name),
    extensions,
    routines: await readRoutines(database, number),
    types: await readTypes(database),
    others: await readOthers(database),
    grants: await readGrants(database),
    largeObjects: largeObjects!,
  }
}
