import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { drillSchema } from '../../../src/drill/config.ts'
import { optionsOf } from '../../../src/drill/configured.ts'
import type { EngineDefinition, Host } from '../../../src/drill/engines/define.ts'
import { localEngine } from '../../../src/drill/engines/local.ts'
import { runDrill } from '../../../src/drill/flow.ts'
import type { DrillEvent } from '../../../src/drill/phases.ts'
import type { DrillRecord } from '../../../src/drill/record.ts'
import { systemClock } from '../../../src/kernel/clock.ts'
import { createSecrets } from '../../../src/kernel/secrets.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { tiny } from '../proof/tiny.ts'
import { filesOf, type Lying, onlyEvidence, ownTemp, Watch } from './untouched.ts'

/** A source database and backups of it as people make them. */
export interface Backups {
  server: PostgresServer
  dir: string
  url(database: string): string
  sql(database: string, sql: string): string
  /** Another source database. */
  create(sql: string, options?: string): string
  dump(args: readonly string[], database?: string): Buffer
  /** The plain dump as text of Latin-1, to be edited. */
  plain: string
  stop(): Promise<void>
}

export async function makeBackups(): Promise<Backups> {
  const server = await startPostgres()
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-faults-'))
  await chmod(dir, 0o711)
  const temp = await ownTemp(dir)
  const { port } = new URL(server.url)
  const env = { PATH: process.env.PATH ?? '', PGHOST: '127.0.0.1', PGPORT: port, PGUSER: 'postgres' }
  const run = (name: string, args: readonly string[], input?: string) =>
    execFileSync(join(server.binDir, name), args, {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      ...(input !== undefined && { input }),
    })
  const watching = await Watch.open(server.url, server.binDir)
  watch = watching
  const sql = (database: string, text: string) =>
    watching.own(
      (input) => run('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', database], input).toString(),
      text,
    )
  let count = 0
  const create = (text: string, options = '') => {
    const name = `source_${++count}`
    sql('postgres', `create database ${name} template template0 ${options}`)
    sql(name, text)
    return name
  }
  const shop = create(tiny)
  const host = await startHost(dir)
  running = { ...localEngine, start: (context) => host.scratch(context) }
  return {
    server,
    dir,
    sql,
    create,
    url: (database) => server.url.replace(/\/postgres$/, `/${database}`),
    dump: (args, database = shop) => run('pg_dump', [...args, database]),
    plain: run('pg_dump', [shop]).toString('latin1'),
    async stop() {
      await host.stop()
      await watching.close()
      await server.stop()
      await temp.end().finally(() => rm(dir, { recursive: true, force: true }))
    },
  }
}

/** The server that the backups of a file were made on. */
let watch: Watch | undefined

/** One scratch server for all drills of a file: starting one takes longer than most of them. */
let running: EngineDefinition | undefined

async function startHost(dir: string): Promise<Host> {
  const scratchDir = join(dir, 'scratch')
  await mkdir(scratchDir, { mode: 0o711 })
  const host = await localEngine.host?.({
    drillId: 'host',
    scratchDir,
    rootDir: dir,
    env: process.env,
    extensions: [],
    leave: async () => {},
    statementTimeoutMs: 60_000,
    signal: new AbortController().signal,
  })
  if (!host) throw new Error('the engine local holds several drills')
  return host
}

let drills = 0

/**
 * Runs a drill as the command does, in a project folder of its own; on the server that runs unless an engine is named. Whatever its verdict,
 * it may have written nothing into the source, the folder of the backup, and into the project only its evidence;
 * what it tells holds no row.
 */
export async function drillBackup(
  dir: string,
  config: Lying & Record<string, unknown>,
  world: {
    targetUrl?: string
    sourceUrl?: string
    env?: NodeJS.ProcessEnv
    signal?: AbortSignal
    redisUrl?: string | undefined
    onEvent?(event: DrillEvent): void
    /** Somebody else writes the backup meanwhile. */
    isGrowing?: boolean
  } = {},
): Promise<DrillRecord> {
  const rootDir = await mkdtemp(join(dir, `project-${++drills}-`))
  const section = drillSchema.parse({ engine: 'local', stable: '1ms', evidenceDir: join(rootDir, 'qa'), ...config })
  const options = optionsOf(section, {
    rootDir,
    env: process.env,
    signal: new AbortController().signal,
    secrets: createSecrets(),
    onEvent: () => {},
    clock: systemClock,
    tool: 'gatekit test',
    targetUrl: undefined,
    sourceUrl: undefined,
    ...world,
  })
  const look = async () => ({
    files: world.isGrowing ? [] : await filesOf(config, dir),
    written: await watch?.written(),
    given: watch?.digestOf(world.sourceUrl ?? world.targetUrl),
  })
  const before = await look()
  const record = await runDrill('engine' in config || !running ? options : { ...options, engine: running })
  assert.deepEqual(await look(), before, 'a drill only reads its source')
  await onlyEvidence(rootDir)
  assert.doesNotMatch(JSON.stringify(record), /@example\.org|canary/, 'no value of a row and no password is told')
  return record
}

/** Writes a file and tells its path. */
export async function keep(dir: string, name: string, content: string | Buffer): Promise<string> {
  const path = join(await mkdtemp(join(dir, 'backup-')), name)
  await writeFile(path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content)
  return path
}

export const gzip = (text: string | Buffer): Buffer =>
  gzipSync(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)

/** A copy with one byte changed; a place below 0 counts from the end, one below 1 is a share. */
export function flip(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes)
  const at = place < 0 ? bytes.length + place : place < 1 ? Math.floor(bytes.length * place) : place
  copy[at]! ^= 0x55
  return copy
}

export const read = (path: string): Promise<string> => readFile(path, 'latin1')
