import { type Database, DatabaseError } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import { type Inventory, nameOf } from './inventory.ts'
import { quoteName, quoteText } from './quoting.ts'

/**
 * Lets the server's amcheck look through the b-tree indexes, where it is installed. Nothing is left behind: the extension is made in a
 * transaction that is rolled back. Returns how many were looked at, undefined where there is no amcheck.
 */
export async function checkIndexes(
  superuser: Database,
  inventory: Inventory,
  signal: AbortSignal,
): Promise<{ checked?: number; findings: Finding[] }> {
  const [available] = await superuser.query(
    "select name::text as name from pg_catalog.pg_available_extensions where name = 'amcheck'",
  )
  if (!available) return { findings: [] }
  const findings: Finding[] = []
  let checked = 0
  // As a replica: event triggers of the backup, which would run as the superuser, stay silent.
  await superuser.exec('begin; set local session_replication_role = replica')
  try {
    const isThere = inventory.extensions.find(({ name }) => name === 'amcheck')
    const schema = isThere?.schema ?? 'gatekit_amcheck'
    if (!isThere) await superuser.exec(`create schema ${schema}; create extension amcheck schema ${schema}`)
    const call = `${quoteName({ schema, name: 'bt_index_check' })}`
    for (const index of inventory.indexes.filter(
      (each) => each.method === 'btree' && each.valid && !each.partitioned,
    )) {
      signal.throwIfAborted()
      const trouble = await attempt(superuser, `select ${call}(${quoteText(quoteName(index))}::regclass)`)
      checked++
      if (!trouble) continue
      const message = `index ${nameOf(index)} on ${index.table} is damaged: ${trouble.message}`
      findings.push(finding('CORRUPT', 'check', message, { object: index.name }))
    }
  } finally {
    await superuser.exec('rollback')
  }
  return { checked, findings }
}

/** Corruption is told by its SQLSTATE; anything else amcheck cannot look at says nothing of the index. */
async function attempt(database: Database, sql: string): Promise<DatabaseError | undefined> {
  await database.exec('savepoint gatekit_index')
  try {
    await database.query(sql)
    await database.exec('release savepoint gatekit_index')
    return undefined
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    await database.exec('rollback to savepoint gatekit_index')
    return /^XX00[12]$/.test(error.fields.code ?? '') ? error : undefined
  }
}
