import { cp, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { plainRows } from '../../kernel/row-values.ts'
import type { CheckContext, ReadOnlyDatabase } from '../define.ts'
import { codeOf } from '../network/trouble.ts'
import { type OpenSettings, QueryError, UnknownDatabase } from './open.ts'

/**
 * Opens a copy of a PGlite folder. Opening the folder itself would replay its log and write to it, and two processes on one folder
 * destroy it; a copy leaves the owner alone, and its recovery makes a copy taken in the middle of a write consistent.
 */
export async function openPglite(
  dir: string,
  { rootDir, signal }: Pick<CheckContext, 'rootDir' | 'signal'>,
  { statementTimeoutMs }: OpenSettings,
): Promise<ReadOnlyDatabase> {
  const source = resolve(rootDir, dir)
  const isDatabase = await stat(join(source, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
  if (!isDatabase) throw new UnknownDatabase(`${dir} is no PGlite folder (it has no PG_VERSION)`)
  const copy = await mkdtemp(join(tmpdir(), 'gatekit-read-'))
  let engine: PGlite | undefined
  try {
    await cp(source, copy, { recursive: true })
    // What a running owner left there belongs to its process and would keep the copy from starting.
    await rm(join(copy, 'postmaster.pid'), { force: true })
    engine = await PGlite.create(`file://${copy}`)
  } catch (error) {
    await rm(copy, { recursive: true, force: true })
    throw new UnknownDatabase(`${dir} cannot be opened: ${(error as Error).message}`)
  }
  const opened = engine
  return {
    async query(text, params) {
      signal.throwIfAborted()
      try {
        return await opened.transaction(async (tx) => {
          await tx.exec(
            `set transaction read only; set local statement_timeout = ${Math.ceil(statementTimeoutMs)}; select 1`,
          )
          const { fields, rows } = await tx.query<Record<string, unknown>>(text, [...params])
          return { columns: fields.map(({ name }) => name), rows: plainRows(rows) }
        })
      } catch (error) {
        throw new QueryError((error as Error).message, codeOf(error), { cause: error })
      }
    },
    async close() {
      await opened.close()
      await rm(copy, { recursive: true, force: true })
    },
  }
}
