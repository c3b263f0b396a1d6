import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { copyTemplate, scratchFolder } from '../../kernel/pglite-template.ts'
import { isProcessAlive } from '../../kernel/process-group.ts'
import type { Database, Queryable, Rows } from './database.ts'

export interface PgliteOptions {
  /** Where the data lives; a temporary folder that goes with `close()` when absent. */
  dir?: string
}

/**
 * PGlite (PostgreSQL compiled to WebAssembly), started from a cached, freshly initialised data folder: initialising one takes
 * seconds, copying and opening one a fraction of that.
 */
export async function openPglite({ dir }: PgliteOptions = {}): Promise<Database> {
  const home = dir ?? (await makeScratch())
  if (!(await exists(join(home, 'PG_VERSION')))) await copyTemplate(home)
  const engine = await PGlite.create(`file://${home}`)
  // A kept folder that was taken away is a database that is down: files that are open already would go on as if nothing were.
  const assertThere = async (): Promise<void> => {
    if (dir && !(await exists(join(home, 'PG_VERSION')))) throw new Error('the data folder is gone')
  }
  const run = async (on: Pick<PGlite, 'query'>, text: string, params: readonly unknown[]): Promise<Rows> => {
    const result = await on.query<Record<string, unknown>>(text, [...params])
    return { rows: result.rows, affected: result.affectedRows ?? 0 }
  }
  return {
    engine: 'pglite',
    async query(text, params = []) {
      await assertThere()
      return run(engine, text, params)
    },
    async transaction<T>(work: (tx: Queryable) => Promise<T>) {
      await assertThere()
      const result = await engine.transaction(async (tx) => {
        const done = await work({ query: (text, params = []) => run(tx as unknown as PGlite, text, params) })
        await assertThere()
        return done
      })
      return result as T
    },
    async close() {
      await engine.close()
      if (!dir) await rm(home, { recursive: true, force: true })
    },
  }
}

/** A new folder named after this process; folders of processes that were killed go on the way. */
async function makeScratch(): Promise<string> {
  const parent = await scratchFolder()
  for (const name of await readdir(parent)) {
    const [, pid] = /^gatekit-pglite-(\d+)-/.exec(name) ?? []
    if (pid && !isProcessAlive(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => {})
  }
  return mkdtemp(join(parent, `gatekit-pglite-${process.pid}-`))
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
