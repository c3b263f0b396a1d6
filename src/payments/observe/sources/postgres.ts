import pg from 'pg'
import { plainNumber, plainRows } from '../../../kernel/row-values.ts'
import { readingMs } from './source.ts'
import type { SqlClient } from './sql.ts'

const int8 = 20
const numeric = 1700

/** One connection, made anew after it broke; every statement runs in a read-only transaction with a time limit. */
export function openPostgres(url: string): SqlClient {
  let current: pg.Client | undefined
  /** Statements of one connection wait for each other. */
  let queue: Promise<unknown> = Promise.resolve()

  async function connected(): Promise<pg.Client> {
    if (current) return current
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: readingMs,
      query_timeout: readingMs,
      statement_timeout: readingMs,
      application_name: 'gatekit',
      types: {
        getTypeParser: ((oid: number, format?: 'text') =>
          oid === int8 || oid === numeric
            ? plainNumber
            : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
      },
    })
    client.on('error', () => {
      if (current === client) current = undefined
    })
    await client.connect()
    current = client
    return client
  }

  async function query(statement: string): Promise<Record<string, unknown>[]> {
    const client = await connected()
    try {
      await client.query('begin read only')
      // The extended protocol takes one statement only, so a statement cannot end the transaction and begin another.
      const settings: pg.QueryConfig & { queryMode: 'extended' } = { text: statement, queryMode: 'extended' }
      const { rows } = await client.query<Record<string, unknown>>(settings)
      await client.query('rollback')
      return plainRows(rows)
    } catch (error) {
      current = undefined
      void client.end().catch(() => {})
      throw error
    }
  }

  return {
    query(statement) {
      const next = queue.then(() => query(statement))
      queue = next.catch(() => {})
      return next
    },
    async close() {
      await current?.end().catch(() => {})
      current = undefined
    },
  }
}
