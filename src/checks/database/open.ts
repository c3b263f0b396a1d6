import { plainRows } from '../../kernel/row-values.ts'
import type { CheckContext, ReadOnlyDatabase } from '../define.ts'
import { checkReach } from '../network/reach.ts'

/** The URL names no database that can be read. */
export class UnknownDatabase extends Error {
  override readonly name = 'UnknownDatabase'
}

/** A query was refused or went wrong; `code` is the SQLSTATE where the server gave one. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  constructor(
    message: string,
    readonly code: string | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

export interface OpenSettings {
  /** Milliseconds that a statement may take. */
  statementTimeoutMs: number
}

/**
 * Opens a database for reading: `postgres://…`, `pglite:<folder>` (a copy of it is opened, so the data itself is never touched), or the
 * embedded system's own `pglite://embedded/…`. Nothing is contacted before the first query.
 */
export async function openReadOnly(
  url: string,
  context: CheckContext,
  settings: OpenSettings,
): Promise<ReadOnlyDatabase> {
  const embedded = context.embeddedDatabase(url)
  if (embedded) return borrowed(embedded)
  if (url.startsWith('pglite://'))
    throw new UnknownDatabase(`${url} is only there while gatekit runs the embedded system`)
  if (url.startsWith('pglite:'))
    return (await import('./pglite.ts')).openPglite(url.slice('pglite:'.length), context, settings)
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url)) {
    throw new UnknownDatabase('the database URL begins with neither postgres:// nor pglite:')
  }
  // Without a host in the URL libpq's own rule holds: the host of the query string, else the local socket.
  const { hostname, searchParams } = new URL(url)
  const host = searchParams.get('host') ?? hostname
  if (host && !host.startsWith('/')) checkReach(host, context.offline)
  return (await import('./postgres.ts')).openPostgres(url, context, settings)
}

/** A database of someone else: asked like any other, and left open. */
const borrowed = (database: ReadOnlyDatabase): ReadOnlyDatabase => ({
  async query(text, params) {
    const { columns, rows } = await database.query(text, params)
    return { columns, rows: plainRows(rows) }
  },
  close: async () => {},
})
