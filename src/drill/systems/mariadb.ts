import { type Finding, finding } from '../findings.ts'
import type { MysqlFacts } from '../reading/mysql/writing.ts'
import { comparedText } from '../record.ts'
import { defineSystem, type SystemJob } from './define.ts'
import { ask, type ClientSettings, MariadbError, runDump } from './mariadb/client.ts'
import { endOf } from './mariadb/end.ts'
import { checkForeignKeys, checkTables, readDatabase } from './mariadb/inspect.ts'
import { proveTables } from './mariadb/prove-tables.ts'
import { findPrograms, scratch, startMariadb } from './mariadb/server.ts'
import { checkSql, readSqlWatermark, SqlTrouble } from './sql-checks.ts'

/** Rights of the one who restores: everything a dump needs, and nothing that reaches out of the database. */
const rights =
  'select, insert, update, delete, create, drop, references, index, alter, create temporary tables, lock tables, execute, create view, show view, ' +
  'create routine, alter routine, event, trigger, set user, binlog admin'

/** A dump of MariaDB or MySQL: the machine's MariaDB restores it into a server of the drill's own. */
export const mariadbSystem = defineSystem({
  name: 'mysql',
  summary: "a scratch server of this machine's MariaDB",
  async drill(job) {
    const { state, scratchDir, lease, reading } = job
    const { options, phases, findings, evidence } = state
    const cut = await endOf(job.backup)
    if (cut) {
      findings.push(finding('TRUNCATED', 'read', cut, { object: 'dump' }))
      return
    }
    const programs = findPrograms(options.env)
    const server = await phases.run('provision', () =>
      startMariadb(programs, { scratchDir, env: options.env, signal: options.signal, leave: lease.leave }),
    )
    try {
      const { env, signal, statementTimeoutMs: timeoutMs } = options
      const root: ClientSettings = {
        program: programs.client,
        socket: server.socket,
        user: 'root',
        env,
        signal,
        timeoutMs,
      }
      await ask(`create database ${scratch} character set utf8mb4; create user gatekit@localhost`, root)
      const version = (await ask('select version() as version', root))[0]?.version ?? 'unknown'
      await disarm(root)
      const loader = { ...root, user: 'gatekit', database: scratch }
      evidence.engine = {
        kind: 'mariadb',
        version: version.replace(/-.*$/, ''),
        sameMajor:
          reading.header.serverMajor === undefined ? null : Number.parseInt(version, 10) === reading.header.serverMajor,
        proof: 'unknown',
        chosen: 'the MariaDB of this machine',
      }
      const refused = await phases.run('restore', () =>
        load(job.backup, loader, reading.private as MysqlFacts | undefined),
      )
      if (refused) findings.push(refused)
      else await prove(job, root, programs.dump)
    } finally {
      await server.stop()
    }
  },
})

/**
 * Leaves nobody on the server who may do more than restore: a routine, view or trigger of a dump runs with the rights of whoever it names.
 * The session that does so keeps its own until it ends.
 */
async function disarm(root: ClientSettings): Promise<void> {
  const accounts = await ask("select user as user, host as host from mysql.user where user <> 'mariadb.sys'", root)
  const names = accounts.map(({ user, host }) => `'${user}'@'${host}'`)
  const limit = names.map(
    (name) => `revoke all privileges, grant option from ${name}; grant ${rights} on *.* to ${name}`,
  )
  await ask(limit.join('; '), root)
}

async function load(path: string, loader: ClientSettings, facts: MysqlFacts | undefined): Promise<Finding | undefined> {
  try {
    await runDump(path, loader, facts?.flushes)
    return undefined
  } catch (error) {
    if (!(error instanceof MariadbError)) throw error
    const { number, message, object } = error
    // Rows of an empty table are loaded in bulk; then a duplicate is an error of the commit: 121, or 1 in 10.11.
    const isDuplicate = number === 1062 || (number === 1180 && /error (?:1|121) /.test(message))
    if (isDuplicate || number === 1452 || number === 4025)
      return finding('CONSTRAINT_FAILED', 'restore', `rows break a constraint: ${message}`, {
        object: object ?? 'rows',
      })
    if (number === 1146 || number === 1305 || number === 1051)
      return finding('OBJECTS_MISSING', 'restore', `the dump needs something that it does not have: ${message}`, {
        object,
      })
    if (number === 1273 || number === 1115)
      return finding('LOCALE_UNAVAILABLE', 'restore', `this MariaDB lacks a character set or collation: ${message}`, {
        object,
      })
    if (number === 1045 || number === 1126 || number === 1290 || (number === 1227 && /\bFILE\b/.test(message)))
      return finding('HOSTILE_DUMP', 'restore', `the dump asks for rights over the server: ${message}`, {
        object: 'dump',
      })
    return finding('RESTORE_ERROR', 'restore', `a statement of the dump fails: ${message}`, {
      object: error.line ? `line ${error.line}` : 'dump',
    })
  }
}

async function prove(job: SystemJob, root: ClientSettings, dump: string | undefined): Promise<void> {
  const { options, phases, findings, evidence } = job.state
  const { expectations, depth } = options
  const facts = job.reading.private as MysqlFacts | undefined
  const question = (sql: string) => ask(sql, { ...root, database: scratch })
  const database = await phases.run('prove', async (note) => {
    const found = await readDatabase(question, scratch, facts?.hasHistory)
    const proof = await proveTables(found, { ...job, depth }, { ...root, dump })
    findings.push(...proof.findings)
    evidence.tables = proof.tables
    evidence.rows = found.tables.reduce((sum, { rows }) => sum + rows, 0)
    const compared = comparedText(proof.tables)
    note(`${found.tables.length} tables, ${evidence.rows} rows${compared && `: ${compared}`}`)
    return found
  })
  await phases.run('check', async () => {
    findings.push(...(await checkTables(database, depth)))
    findings.push(...(await checkForeignKeys(database, expectations.known)))
    findings.push(...(await checkSql(database, expectations)))
    const { watermark, findings: stale } = await readSqlWatermark(database, expectations.watermark)
    findings.push(...stale)
    if (watermark !== undefined && evidence.backup) evidence.backup.clocks.watermark = watermark
    evidence.checks = {
      tables: database.tables.length,
      objects: database.objects.length,
      assertions: expectations.assertions.length,
    }
  })
  await phases.run('probe', async () => {
    try {
      await question(
        'start transaction; create temporary table gatekit_probe (n int); insert into gatekit_probe values (1); rollback',
      )
      evidence.checks.writeProbes = 1
    } catch (error) {
      if (!(error instanceof SqlTrouble)) throw error
      findings.push(
        finding('PROBE_FAILED', 'probe', `the restored database cannot be written: ${error.message}`, {
          object: 'server',
        }),
      )
    }
  })
}
