import type pg from 'pg'
import { Pool } from '../../kernel/postgres-client.ts'
import type { Database, Queryable, Rows } from './database.ts'

/** A pooled connection to a PostgreSQL server given as `postgres://…`; every wait is bounded. */
export function openPostgres(url: string): Database {
  const pool = new Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 15_000,
    idleTimeoutMillis: 10_000,
    application_name: 'gatekit-backend',
  })
  // A connection that the server drops must not end the process, idle or in use; the next query reports the trouble. The pool listens
  // for idle ones only: one that is dropped between two statements of a transaction would be an error that nobody hears.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const run = async (on: pg.Pool | pg.PoolClient, text: string, params: readonly unknown[]): Promise<Rows> => {
    const result = await on.query(text, [...params])
    return { rows: result.rows, affected: result.rowCount ?? 0 }
  }
  return {
    engine: 'postgres',
    query: (text, params = []) => run(pool, text, params),
    async transaction<T>(work: (tx: Queryable) => Promise<T>) {
      const client = await pool.connect()
      try {
        await client.query('begin')
        const result = await work({ query: (text, params = []) => run(client, text, params) })
        await client.query('commit')
        client.release()
        return result
      } catch (error) {
        const isBroken = await client.query('rollback').then(
          () => false,
          () => true,
        )
        client.release(isBroken)
        throw error
      }
    },
    close: () => pool.end(),
  }
}
