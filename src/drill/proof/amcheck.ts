import { type Database, DatabaseError } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import { inParallel } from './in-parallel.ts'
import { type Inventory, nameOf } from './inventory.ts'
import { quoteName, quoteText } from './quoting.ts'

/**
 * Lets the server's amcheck look through the b-tree indexes, where it is installed, in all of the sessions at once. The extension is made
 * for it and dropped again, unless the backup has it. Returns how many were looked at, undefined where there is no amcheck.
 */
export async function checkIndexes(
  superusers: readonly [Database, ...Database[]],
  inventory: Inventory,
  signal: AbortSignal,
): Promise<{ checked?: number; findings: Finding[] }> {
  const [first] = superusers
  const [available] = await first.query(
    "select name::text as name from pg_catalog.pg_available_extensions where name = 'amcheck'",
  )
  if (!available) return { findings: [] }
  const indexes = inventory.indexes.filter((each) => each.method === 'btree' && each.valid && !each.partitioned)
  const isThere = inventory.extensions.find(({ name }) => name === 'amcheck')
  const schema = isThere?.schema ?? 'gatekit_amcheck'
  // As a replica: event triggers of the backup, which would run as the superuser, stay silent.
  await first.exec('set session_replication_role = replica')
  if (!isThere) await first.exec(`create schema ${schema}; create extension amcheck schema ${schema}`)
  try {
    const findings: Finding[] = []
    const call = quoteName({ schema, name: 'bt_index_check' })
    await inParallel(superusers, indexes, async (session, index) => {
      signal.throwIfAborted()
      const trouble = await attempt(session, `select ${call}(${quoteText(quoteName(index))}::regclass)`)
      if (!trouble) return
      const message = `index ${nameOf(index)} on ${index.table} is damaged: ${trouble.message}`
      findings.push(finding('CORRUPT', 'check', message, { object: index.name }))
    })
    return { checked: indexes.length, findings: findings.sort((a, b) => (a.message < b.message ? -1 : 1)) }
  } finally {
    if (!isThere) await first.exec(`drop schema ${schema} cascade`)
    await first.exec('reset session_replication_role')
  }
}

/** Corruption is told by its SQLSTATE; anything else amcheck cannot look at says nothing of the index. */
async function attempt(database: Database, sql: string): Promise<DatabaseError | undefined> {
  try {
    await database.query(sql)
    return undefined
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    return /^XX00[12]$/.test(error.fields.code ?? '') ? error : undefined
  }
}
