import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { copyTemplate, scratchFolder } from '../../kernel/pglite-template.ts'
import { Client } from '../../kernel/postgres-client.ts'
import { isProcessAlive } from '../../kernel/process-group.ts'
import { createTurns } from '../../kernel/turns.ts'
import type { Database, Queryable, Rows } from './database.ts'
import { PgliteStream } from './pglite-stream.ts'

const mostPrepared = 500

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
  const client = new Client({
    stream: () => new PgliteStream(engine),
    user: 'postgres',
    database: 'postgres',
    password: '',
  })
  // An engine that broke fails the queries that wait for it and all later ones.
  client.on('error', () => {})
  await client.connect()
  // A kept folder that was taken away is a database that is down: files that are open already would go on as if nothing were.
  const assertThere = async (): Promise<void> => {
    if (dir && !(await exists(join(home, 'PG_VERSION')))) throw new Error('the data folder is gone')
  }
  const names = new Map<string, string>()
  /** Parsed once: statements of this program are few, those of others may be many. */
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known || names.size >= mostPrepared) return known
    const name = `s${names.size}`
    names.set(text, name)
    return name
  }
  const run = async (text: string, params: readonly unknown[] = []): Promise<Rows> => {
    const name = nameOf(text)
    const { rows, rowCount } = await client.query({ text, values: [...params], ...(name && { name }) })
    return { rows, affected: rowCount ?? 0 }
  }
  // There is one session, so one transaction at a time.
  const inTurn = createTurns()
  return {
    engine: 'pglite',
    query: (text, params) =>
      inTurn(async () => {
        await assertThere()
        return run(text, params)
      }),
    transaction: <T>(work: (tx: Queryable) => Promise<T>) =>
      inTurn(async () => {
        await assertThere()
        await client.query('begin')
        try {
          const result = await work({ query: run })
          await assertThere()
          await client.query('commit')
          return result
        } catch (error) {
          await client.query('rollback').catch(() => {})
          throw error
        }
      }),
    async close() {
      await inTurn(() => client.end())
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
