import { copyFile, stat } from 'node:fs/promises'
import { type Finding, finding } from '../findings.ts'
import { defineSystem, type SystemJob } from './define.ts'
import { checkSql, readSqlWatermark, type SqlDatabase, SqlTrouble, type SystemTable } from './sql-checks.ts'
import { openSqlite, type SqliteSession } from './sqlite/session.ts'

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A file of SQLite: its copy is opened, looked through by SQLite itself, and every table is read to its end. */
export const sqliteSystem = defineSystem({
  name: 'sqlite',
  summary: 'SQLite, compiled to WebAssembly, on a copy of the file',
  async drill(job) {
    const { state, backup, reading, lease } = job
    const { options, phases, findings, evidence } = state
    await copyLog(reading.path, backup)
    const session = await openSqlite(backup, { signal: options.signal, timeoutMs: options.statementTimeoutMs })
    await lease.leave({ kind: 'process', pid: session.pid, startedAt: new Date().toISOString() })
    try {
      const version = await phases.run('restore', () => firstAnswer(session))
      if (version === undefined) {
        findings.push(finding('CORRUPT', 'restore', 'SQLite cannot open the file', { object: 'file' }))
        return
      }
      evidence.engine = {
        kind: 'sqlite',
        version,
        sameMajor: null,
        proof: 'unknown',
        chosen: 'the file is one of SQLite',
      }
      await prove(job, session)
    } finally {
      await session.close()
    }
  },
})

/** A database that was copied while in use has its last transactions in the log beside it. */
async function copyLog(from: string, to: string): Promise<void> {
  const log = `${from}-wal`
  const size = await stat(log).then(
    (info) => (info.isFile() ? info.size : 0),
    () => 0,
  )
  if (size > 0) await copyFile(log, `${to}-wal`)
}

async function firstAnswer(session: SqliteSession): Promise<string | undefined> {
  try {
    await session.ask('select count(*) from sqlite_schema')
    const [row] = await session.ask('select sqlite_version() as version')
    return row?.version ?? undefined
  } catch (error) {
    if (error instanceof SqlTrouble) return undefined
    throw error
  }
}

async function prove({ state }: SystemJob, session: SqliteSession): Promise<void> {
  const { options, phases, findings, evidence } = state
  const { expectations, depth } = options
  const tables: SystemTable[] = []
  await phases.run('prove', async (note) => {
    findings.push(...(await integrity(session, depth)))
    for (const name of await tableNames(session)) {
      const sum = await session.sum(quote(name)).catch((error: unknown) => {
        if (!(error instanceof SqlTrouble)) throw error
        findings.push(finding('CORRUPT', 'prove', `${name} cannot be read to its end`, { object: name }))
        return undefined
      })
      if (!sum) continue
      const columns = await session.ask(`select name from pragma_table_info(${text(name)})`)
      tables.push({ name, sql: quote(name), rows: sum.rows, columns: columns.map((each) => each.name ?? '') })
      // What was read is the file's own copy: there is nothing in between that could change it.
      evidence.tables.push({ name, ...sum, equal: true })
    }
    evidence.rows = tables.reduce((total, { rows }) => total + rows, 0)
    note(`${tables.length} tables, ${evidence.rows} rows`)
  })
  const objects = await session.ask("select name from sqlite_schema where type <> 'table'")
  const database: SqlDatabase = { tables, objects: objects.map((each) => each.name ?? ''), quote, ask: session.ask }
  await phases.run('check', async () => {
    findings.push(...(await foreignKeys(session, expectations.known)), ...(await checkSql(database, expectations)))
    const { watermark, findings: stale } = await readSqlWatermark(database, expectations.watermark)
    findings.push(...stale)
    if (watermark !== undefined && evidence.backup) evidence.backup.clocks.watermark = watermark
    evidence.checks = { tables: tables.length, assertions: expectations.assertions.length }
  })
  await phases.run('probe', async () => {
    findings.push(...(await probe(session)))
    evidence.checks.writeProbes = 1
  })
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

async function tableNames(session: SqliteSession): Promise<string[]> {
  const rows = await session.ask(
    "select name from pragma_table_list where schema = 'main' and type in ('table', 'virtual') and name not like 'sqlite\\_%' escape '\\' order by name",
  )
  return rows.map((each) => each.name ?? '')
}

/** What SQLite says of its own file; its messages name tables, indexes and places, no values. */
async function integrity(session: SqliteSession, depth: 'fast' | 'full'): Promise<Finding[]> {
  const rows = await session
    .ask(depth === 'full' ? 'pragma integrity_check(20)' : 'pragma quick_check(20)')
    .catch((error: unknown) => {
      if (error instanceof SqlTrouble) return [{ message: error.message }]
      throw error
    })
  const messages = rows.map((row) => Object.values(row)[0] ?? '').filter((each) => each !== 'ok')
  const found = new Map<string, Finding>()
  for (const message of messages) {
    const isRule = /^(?:CHECK constraint failed|NULL value in|non-unique entry|\w+ value in)/.test(message)
    const object = /(?:in index|in table|failed in|value in) (\S+)/.exec(message)?.[1] ?? 'file'
    const code = isRule ? 'CONSTRAINT_FAILED' : 'CORRUPT'
    if (!found.has(`${code} ${object}`)) found.set(`${code} ${object}`, finding(code, 'prove', message, { object }))
  }
  return [...found.values()]
}

/** SQLite enforces foreign keys only for those who ask for it, so orphans are common and nobody notices. */
async function foreignKeys(session: SqliteSession, known: readonly string[]): Promise<Finding[]> {
  try {
    const rows = await session.ask(
      'select "table" as name, parent, count(*) as orphans from pragma_foreign_key_check group by 1, 2',
    )
    return rows.map(({ name, parent, orphans }) => {
      const exit = known.includes(name ?? '') ? 0 : 1
      const message = `${orphans} rows of ${name} refer to rows of ${parent} that are not there`
      return finding('ORPHANS', 'check', message, { object: name ?? '', exit })
    })
  } catch (error) {
    if (!(error instanceof SqlTrouble)) throw error
    return [
      finding('SCHEMA_DELTA', 'check', `foreign keys cannot be checked: ${error.message}`, { object: 'foreign keys' }),
    ]
  }
}

async function probe(session: SqliteSession): Promise<Finding[]> {
  try {
    await session.ask('begin immediate')
    await session.ask('create table gatekit_probe (n integer)')
    await session.ask('insert into gatekit_probe values (1)')
    await session.ask('rollback')
    return []
  } catch (error) {
    if (!(error instanceof SqlTrouble)) throw error
    return [
      finding('PROBE_FAILED', 'probe', `the restored database cannot be written: ${error.message}`, { object: 'file' }),
    ]
  }
}
