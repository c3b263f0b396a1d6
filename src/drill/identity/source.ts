import { createHash } from 'node:crypto'
import type { Clock } from '../../kernel/clock.ts'
import type { Database } from '../engines/define.ts'
import { settingsOf } from '../engines/given.ts'
import { stop } from '../findings.ts'
import type { SourceFingerprint } from '../record.ts'
import { openDatabase } from '../wire/open-database.ts'
import { identityText, readIdentity } from './identity.ts'

export interface Reach {
  statementTimeoutMs: number
  signal: AbortSignal
}

/** A read-only session on the live source: the server itself refuses whatever would write. */
export async function openSource(url: string, reach: Reach): Promise<Database> {
  try {
    return await openDatabase({
      ...settingsOf(url, reach),
      options: '-c default_transaction_read_only=on -c lock_timeout=2s -c statement_timeout=60s',
    })
  } catch (error) {
    if (reach.signal.aborted) throw error
    throw stop(
      'SOURCE_UNREACHABLE',
      'preflight',
      `the source cannot be read: ${(error as Error).message}`,
      {},
      { cause: error },
    )
  }
}

/** What would differ had a drill written to it: databases, roles, tables with their files and row counters, sequences. */
export async function fingerprint(source: Database, clock: Clock): Promise<SourceFingerprint> {
  const hash = createHash('sha256')
  await source.exec('begin isolation level repeatable read read only')
  try {
    const identity = identityText(await readIdentity(source))
    for (const query of parts) {
      for (const row of await source.query(query)) hash.update(`${JSON.stringify(Object.values(row))}\n`)
      hash.update('\n')
    }
    return { sha256: hash.digest('hex'), identity, at: new Date(clock.now()).toISOString() }
  } finally {
    await source.exec('rollback').catch(() => {})
  }
}

const parts = [
  `select oid::text, datname from pg_catalog.pg_database where datname not like 'gatekit\\_drill\\_%' order by oid`,
  `select oid::text, rolname from pg_catalog.pg_roles where rolname not like 'gatekit\\_owner\\_%' order by oid`,
  `select c.oid::text, c.relnamespace::text, c.relname, c.relkind::text, c.relfilenode::text
   from pg_catalog.pg_class c where c.oid >= 16384 and c.relpersistence <> 't' order by c.oid`,
  `select relid::text, n_tup_ins::text, n_tup_upd::text, n_tup_del::text from pg_catalog.pg_stat_user_tables order by relid`,
  `select schemaname, sequencename, coalesce(last_value::text, '') from pg_catalog.pg_sequences order by 1, 2`,
]
