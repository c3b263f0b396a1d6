import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Scratch } from '../../../src/drill/engines/define.ts'
import { check } from '../../../src/drill/proof/check.ts'
import { expectationsSchema } from '../../../src/drill/proof/expectations.ts'
import { probe } from '../../../src/drill/proof/probe.ts'
import { prove } from '../../../src/drill/proof/prove.ts'
import { quoteIdentifier } from '../../../src/drill/proof/quoting.ts'
import type { Baseline, FileFacts, ProofRequest } from '../../../src/drill/proof/request.ts'
import type { RestoreItem, TableReading } from '../../../src/drill/reading/define.ts'
import { openDatabase } from '../../../src/drill/wire/open-database.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'

const ownerPassword = 'drill-owner-password'

/** A server on which backups are made and restored, by the programs that people use for both. */
export interface Workshop {
  server: PostgresServer
  /** A plain dump of a database that these statements made. */
  dump(sql: string, options?: readonly string[], settings?: string): Buffer
  /** Restores it with psql as a user without superuser rights, and proves what came out. */
  restore(dump: Buffer, wanted?: Wanted): Promise<Outcome>
  sql(database: string, sql: string): string
  createDatabase(options?: string): string
  scratch(database: string): Scratch
  stop(): Promise<void>
}

export interface Wanted {
  expectations?: Parameters<typeof expectationsSchema.parse>[0]
  baselines?: readonly Baseline[]
  depth?: 'fast' | 'full'
  /** Changes the restored database behind the drill's back. */
  then?: string
  /** psql goes on after errors. */
  tolerant?: boolean
  encoding?: string
}

export interface Outcome {
  /** `CODE object` of each finding that counts. */
  wrong: string[]
  remarks: string[]
  proven: Awaited<ReturnType<typeof prove>>
  checked: Awaited<ReturnType<typeof check>>
  probed: Awaited<ReturnType<typeof probe>>
  database: string
}

export async function openWorkshop(): Promise<Workshop> {
  const server = await startPostgres()
  const { port } = new URL(server.url)
  const program = (name: string) => join(server.binDir, name)
  const env = { PATH: process.env.PATH ?? '', PGHOST: '127.0.0.1', PGPORT: port, PGUSER: 'postgres' }
  const run = (name: string, args: string[], input?: Buffer | string, extra = {}) =>
    execFileSync(program(name), args, {
      env: { ...env, ...extra },
      stdio: ['pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
      ...(input !== undefined && { input }),
    })
  const sql = (database: string, text: string) =>
    run('psql', ['-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-d', database], text).toString()
  sql('postgres', `create role drill_owner login nosuperuser createrole password '${ownerPassword}'`)
  const createDatabase = (options = '') => {
    const name = `db_${randomBytes(5).toString('hex')}`
    sql('postgres', `create database ${name} template template0 ${options}`)
    return name
  }
  const open = (user: string, database: string) => () =>
    openDatabase({
      host: '127.0.0.1',
      port: Number(port),
      user,
      password: ownerPassword,
      database,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
    })
  const scratch = (database: string): Scratch => ({
    kind: 'local',
    version: '15',
    major: 15,
    database,
    ownerName: 'drill_owner',
    sessions: 2,
    superuser: open('postgres', database),
    owner: open('drill_owner', database),
    canary: async () => {},
    stop: async () => {},
  })
  return {
    server,
    sql,
    createDatabase,
    scratch,
    dump(text, options = [], settings = '') {
      const source = createDatabase(settings)
      sql(source, text)
      return run('pg_dump', [...options, source])
    },
    async restore(dump, { expectations = {}, baselines = [], depth = 'full', then, tolerant, encoding } = {}) {
      const database = createDatabase(
        `owner drill_owner ${encoding ? `encoding '${encoding}' lc_collate 'C' lc_ctype 'C'` : ''}`,
      )
      for (const [, name] of dump.toString('latin1').matchAll(/^CREATE EXTENSION IF NOT EXISTS (\S+)/gm))
        sql(database, `create extension if not exists ${name} schema public`)
      sql(database, `alter schema public owner to drill_owner; grant pg_signal_backend to drill_owner`)
      const text = dump.toString('latin1').replace(/^(CREATE EXTENSION|COMMENT ON EXTENSION).*$/gm, '')
      for (const role of new Set([...text.matchAll(/ OWNER TO (\w+);/g)].map(([, name]) => name!)))
        if (role !== 'postgres' && role !== 'drill_owner')
          sql(database, `grant ${quoteIdentifier(role)} to drill_owner`)
      const own = text.replace(/ (OWNER TO|FOR ROLE) postgres\b/g, ' $1 drill_owner')
      const args = ['-X', '-q', ...(tolerant ? [] : ['-v', 'ON_ERROR_STOP=1']), '-d', database]
      run('psql', args, Buffer.from(own, 'latin1'), { PGUSER: 'drill_owner', PGPASSWORD: ownerPassword })
      if (then) sql(database, then)
      const request: ProofRequest = {
        scratch: scratch(database),
        file: readDump(dump),
        reread: () => blocksOf(dump),
        expectations: expectationsSchema.parse(expectations),
        depth,
        baselines,
        signal: new AbortController().signal,
      }
      const proven = await prove(request)
      const checked = await check(request, proven)
      const probed = await probe(request, proven.inventory)
      const findings = [...proven.findings, ...checked.findings, ...probed.findings]
      const show = (is: (exit: number) => boolean) =>
        findings.filter(({ exit }) => is(exit)).map(({ code, object }) => `${code} ${object ?? ''}`.trim())
      return { wrong: show((exit) => exit > 0), remarks: show((exit) => exit === 0), proven, checked, probed, database }
    },
    stop: () => server.stop(),
  }
}

interface Block {
  sql: string
  table: TableReading
  data: Buffer
}

/** The COPY blocks of a dump by pg_dump, found as simply as its own output allows. */
function parse(dump: Buffer): Block[] {
  const blocks: Block[] = []
  const text = dump.toString('latin1')
  const start = /^COPY (?:("(?:[^"]|"")*"|[^\s."]+)\.)?("(?:[^"]|"")*"|[^\s."]+) (?:\((.*)\) )?\s*FROM stdin;\n/gm
  for (let match = start.exec(text); match; match = start.exec(text)) {
    const end = text.indexOf('\\.\n', match.index + match[0].length - 1)
    const from = match.index + match[0].length
    const stop = text.startsWith('\\.\n', from) ? from : text.indexOf('\n\\.\n', end - 1) + 1
    const data = Buffer.from(text.slice(from, stop), 'latin1')
    const unquote = (name = 'public') =>
      Buffer.from(
        name.replace(/^"(.*)"$/s, (_, inner: string) => inner.replaceAll('""', '"')),
        'latin1',
      ).toString()
    const columns = match[3] ? [...match[3].matchAll(/"(?:[^"]|"")*"|[^\s,"]+/g)].map(([name]) => unquote(name)) : []
    blocks.push({
      sql: Buffer.from(match[0], 'latin1').toString(),
      table: {
        schema: unquote(match[1]),
        name: unquote(match[2]),
        columns,
        rows: data.toString('latin1').split('\n').length - 1,
        sha256: createHash('sha256').update(data).digest('hex'),
        bytes: data.length,
        blocks: 1,
        style: 'copy',
      },
      data,
    })
    start.lastIndex = stop
  }
  return blocks
}

function readDump(dump: Buffer): FileFacts {
  const text = dump.toString('latin1')
  const tables = new Map<string, TableReading>()
  for (const { table } of parse(dump)) {
    const key = `${table.schema}.${table.name}`
    const earlier = tables.get(key)
    tables.set(
      key,
      earlier
        ? { ...earlier, blocks: earlier.blocks + 1, rows: earlier.rows! + table.rows!, sha256: 'several' }
        : table,
    )
  }
  const sequences = [...text.matchAll(/^SELECT pg_catalog\.setval\('(.*?)\.(.*?)', (-?\d+), (\w+)\);/gm)].map(
    ([, schema, name, value, isCalled]) => ({
      schema: schema!.replace(/^"|"$/g, ''),
      name: name!.replace(/^"|"$/g, ''),
      value: value!,
      isCalled: isCalled === 'true',
    }),
  )
  const writes = [...text.matchAll(/lowrite\(0, '\\x([0-9a-f]*)'\)/g)].reduce(
    (sum, [, hex]) => sum + hex!.length / 2,
    0,
  )
  const oids = [...text.matchAll(/lo_create\('(\d+)'\)/g)].map(([, oid]) => oid!)
  const [, encoding = 'UTF8'] = /^SET client_encoding = '(.*)';/m.exec(text) ?? []
  return {
    tables: [...tables.values()],
    sequences,
    objects: [],
    largeObjects: { count: oids.length, bytes: writes, oids },
    header: { encoding },
  }
}

async function* blocksOf(dump: Buffer): AsyncGenerator<RestoreItem> {
  for (const { sql, table, data } of parse(dump)) {
    yield {
      kind: 'copy',
      sql,
      table,
      data: (async function* () {
        yield data
      })(),
    }
  }
}
