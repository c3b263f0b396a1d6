import { createHash } from 'node:crypto'
import { constants, cpSync } from 'node:fs'
import { access, mkdtemp, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { cacheDir } from '../../kernel/cache.ts'
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
  const run = async (on: Pick<PGlite, 'query'>, text: string, params: readonly unknown[]): Promise<Rows> => {
    const result = await on.query<Record<string, unknown>>(text, [...params])
    return { rows: result.rows, affected: result.affectedRows ?? 0 }
  }
  return {
    engine: 'pglite',
    query: (text, params = []) => run(engine, text, params),
    transaction: <T>(work: (tx: Queryable) => Promise<T>) =>
      engine.transaction((tx) =>
        work({ query: (text, params = []) => run(tx as unknown as PGlite, text, params) }),
      ) as Promise<T>,
    async close() {
      await engine.close()
      if (!dir) await rm(home, { recursive: true, force: true })
    },
  }
}

/** Makes the cached template when it is missing; called once after an installation so that the first run need not wait. */
export async function prepareTemplate(): Promise<string> {
  const template = await templateDir()
  if (await exists(join(template, 'PG_VERSION'))) return template
  const making = await mkdtemp(`${template}-`)
  const engine = await PGlite.create(`file://${making}`)
  await engine.close()
  // Several processes may get here at once; the first rename wins and the others' work is thrown away.
  await rename(making, template).catch(() => rm(making, { recursive: true, force: true }))
  return template
}

async function copyTemplate(home: string): Promise<void> {
  // A thousand small files: one thread doing nothing else is several times faster at that than the promise version.
  cpSync(await prepareTemplate(), home, { recursive: true })
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

/** Where a data folder that nobody keeps costs least: in memory on Linux, else in the temporary folder. */
async function scratchFolder(): Promise<string> {
  try {
    const { bavail, bsize } = await statfs('/dev/shm')
    await access('/dev/shm', constants.W_OK)
    if (bavail * bsize > 1e9) return '/dev/shm'
  } catch {
    // Not Linux, or not for us.
  }
  return tmpdir()
}

/** One template for each installed version of PGlite: their data folders are not interchangeable. */
async function templateDir(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const build = createHash('sha256')
    .update(await readFile(entry))
    .digest('hex')
    .slice(0, 12)
  return join(await cacheDir(), `pglite-${build}`)
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
