import pg from 'pg'
import { plainNumber, plainRows } from '../../kernel/row-values.ts'
import type { CheckContext, ReadOnlyDatabase } from '../define.ts'
import { orAborted } from '../network/abort.ts'
import { codeOf } from '../network/trouble.ts'
import { type OpenSettings, QueryError } from './open.ts'

const int8 = 20
const numeric = 1700

/** A connection of its own; every query is a read-only transaction with a statement timeout, and holds one statement. */
export function openPostgres(
  url: string,
  { signal }: Pick<CheckContext, 'signal'>,
  { statementTimeoutMs }: OpenSettings,
): ReadOnlyDatabase {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    statement_timeout: statementTimeoutMs,
    application_name: 'gatekit',
    types: {
      getTypeParser: ((oid: number, format?: 'text') =>
        oid === int8 || oid === numeric
          ? plainNumber
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  })
  // A server that goes away is reported by the query that meets it.
  client.on('error', () => {})
  // Cutting the connection is the only way out of a server that says nothing.
  const cut = () => client.end().catch(() => {})
  let connected: Promise<unknown> | undefined
  return {
    query: (text, params) =>
      orAborted(
        signal,
        async () => {
          connected ??= client.connect()
          await connected
          return readOnly(client, text, params)
        },
        () => void cut(),
      ),
    async close() {
      if (connected && !signal.aborted) await cut()
    },
  }
}

/**
 * The first statement fixes the snapshot, after which the server refuses to make the transaction writable again. The extended protocol
 * takes one statement only, so a query cannot end the transaction and begin another.
 */
async function readOnly(
  client: pg.Client,
  text: string,
  params: readonly unknown[],
): ReturnType<ReadOnlyDatabase['query']> {
  await client.query('begin read only')
  try {
    await client.query('select 1')
    const settings: pg.QueryConfig & { queryMode: 'extended' } = { text, values: [...params], queryMode: 'extended' }
    const { fields, rows } = await client.query<Record<string, unknown>>(settings)
    return { columns: fields.map(({ name }) => name), rows: plainRows(rows) }
  } catch (error) {
    const code = codeOf(error)
    if (!code || !/^[0-9A-Z]{5}$/.test(code)) throw error
    throw new QueryError((error as Error).message, code, { cause: error })
  } finally {
    await client.query('rollback').catch(() => {})
  }
}
