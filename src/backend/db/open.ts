import { usageError } from '../../kernel/errors.ts'
import type { Database } from './database.ts'
import { migrate } from './migrations.ts'

/** Opens the backend's database and brings its schema up to date: `postgres://…`, `pglite:<dir>`, or a temporary PGlite. */
export async function openDatabase(url?: string): Promise<Database> {
  const database = await connect(url)
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database.close().catch(() => {})
    throw error
  }
}

async function connect(url: string | undefined): Promise<Database> {
  if (url && /^postgres(ql)?:\/\//.test(url)) return (await import('./postgres.ts')).openPostgres(url)
  const { openPglite } = await import('./pglite.ts')
  if (!url) return openPglite()
  if (/^pglite:(?!\/\/)/.test(url)) return openPglite({ dir: url.slice('pglite:'.length) })
  throw usageError('DATABASE_URL has an unknown scheme', 'use postgres://… or pglite:<folder>')
}
