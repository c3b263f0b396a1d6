import type { Database } from './database.ts'

/**
 * The database for someone who may only look: each query is a read-only transaction of its own. What it selects is read first and
 * turned into JSON-friendly values, big integers as strings.
 */
export function readOnly(database: Database) {
  return {
    query: (text: string, params: readonly unknown[]) =>
      database.transaction(async (tx) => {
        await tx.query('set transaction read only')
        const { rows } = await tx.query(text, params)
        return { columns: Object.keys(rows[0] ?? {}), rows: rows.map(plainRow) }
      }),
    // The backend owns the connection.
    close: async () => {},
  }
}

const plainRow = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? String(value) : value]),
  )
