import { existsSync } from 'node:fs'
import { chown, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serverAccount } from '../cluster/account.ts'
import { askCanary } from '../cluster/own-cluster.ts'
import { type Server, startServer } from '../cluster/server.ts'
import type { EngineContext, Scratch } from '../engines/define.ts'
import { DrillStop, type Finding, type FindingCode, stop } from '../findings.ts'
import { scratchMarker, scratchNames } from '../identity/identity.ts'
import { quoteName, quoteText } from '../identity/scratch-database.ts'
import { chownTree, copyBackup } from './copy.ts'
import { type Recovery, recoverySettings } from './recovery.ts'
import { verifyManifest } from './verify.ts'

export interface PhysicalScratch extends Omit<Scratch, 'database'> {
  /** What the manifest said of an archive once it was unpacked. */
  findings: Finding[]
  /** Databases of the cluster that are no templates. */
  databases: string[]
  /** The same cluster, with sessions on one of its databases. */
  on(database: string): Promise<Scratch>
}

/**
 * Recovers a copy of a base backup in scratch. Settings of the source do not count, what matters is given as arguments: it archives
 * nothing, follows nobody, listens on a socket of our own only, and its timeline ends with it.
 */
export async function startPhysical(
  backup: string,
  engine: { binDir: string; version: string; major: number },
  recovery: Recovery,
  context: EngineContext,
): Promise<PhysicalScratch> {
  const { scratchDir, drillId } = context
  const account = serverAccount()
  const dataDir = join(scratchDir, 'data')
  const socketDir = join(scratchDir, 's')
  const findings: Finding[] = []
  await copyBackup(backup, dataDir, account, async (folder) => {
    findings.push(
      ...(await verifyManifest(folder, { binDir: engine.binDir, env: context.env, signal: context.signal })),
    )
    const bad = findings.find(({ exit }) => exit !== 0)
    if (bad) throw new DrillStop(bad)
  })
  await writeFile(join(dataDir, 'pg_hba.conf'), 'local all all trust\n')
  await mkdir(socketDir, { mode: 0o700 })
  const walDir = recovery.wal === undefined ? undefined : join(scratchDir, 'wal')
  if (walDir !== undefined) {
    await copyWal(recovery.wal as string, walDir)
    if (account) await chownTree(walDir, account)
    await writeFile(join(dataDir, 'recovery.signal'), '')
  }
  if (account) for (const path of [scratchDir, socketDir]) await chown(path, account.uid, account.gid)
  const login = { user: recovery.superuser, password: '', database: 'postgres' }
  const server = await recover(() =>
    startServer(
      {
        ...{ binDir: engine.binDir, dataDir, account, login, socketDir },
        startTimeoutMs: context.statementTimeoutMs,
        settings: {
          hot_standby: 'off',
          max_connections: '100',
          max_prepared_transactions: '100',
          max_locks_per_transaction: '1024',
          max_worker_processes: '32',
          huge_pages: 'off',
          ...recoverySettings(recovery, walDir),
        },
      },
      context,
    ),
  )
  try {
    const scratch = await describe(server, login, engine, drillId, async () => {
      await server.stop()
      await rm(scratchDir, { recursive: true, force: true })
    })
    return { ...scratch, findings }
  } catch (error) {
    await server.stop()
    throw error
  }
}

async function describe(
  server: Server,
  login: { user: string; password: string; database: string },
  { version, major }: { version: string; major: number },
  drillId: string,
  end: () => Promise<void>,
): Promise<Omit<PhysicalScratch, 'findings'>> {
  const { owner } = scratchNames(drillId)
  const admin = await server.connect(login)
  // Sessions are let in only after recovery; asked all the same, for it is the whole point.
  const [state] = await admin.query('select pg_catalog.pg_is_in_recovery()::text as recovering')
  if (state?.recovering !== 'false')
    throw stop('ENGINE_DIED', 'provision', 'the server answers before its recovery is over')
  // It owns nothing here: the tables of the backup have owners of their own.
  const rights = major >= 14 ? ' in role pg_write_all_data' : ''
  await admin.exec(`create role ${quoteName(owner)} login nosuperuser${rights}`)
  const rows = await admin.query(
    'select datname as name from pg_catalog.pg_database where datallowconn and not datistemplate order by 1',
  )
  await admin.close()
  const shared = {
    kind: 'physical',
    version,
    major,
    ownerName: owner,
    sessions: 4,
    canary: () => askCanary(() => server.connect(login)),
    stop: end,
  }
  const sessionsOn = (database: string) => ({
    superuser: () => server.connect({ ...login, database }),
    owner: () => server.connect({ user: owner, password: '', database }),
  })
  return {
    ...shared,
    ...sessionsOn('postgres'),
    databases: rows.map(({ name }) => name ?? ''),
    async on(database) {
      const session = await server.connect({ ...login, database })
      await session.exec(`comment on database ${quoteName(database)} is ${quoteText(scratchMarker(drillId))}`)
      await session.close()
      return { ...shared, ...sessionsOn(database), database }
    },
  }
}

const reasons: readonly { pattern: RegExp; code: FindingCode; object: string }[] = [
  { pattern: /recovery ended before configured recovery target/, code: 'MEMBER_MISSING', object: 'WAL' },
  {
    pattern: /could not locate (?:a valid|required) checkpoint|could not find redo location|WAL ends before/,
    code: 'MEMBER_MISSING',
    object: 'pg_wal',
  },
  { pattern: /could not open file|No such file/, code: 'MEMBER_MISSING', object: 'data' },
  {
    pattern:
      /invalid (?:page|checksum|magic|record)|checksum mismatch|is from different database system|incorrect resource manager/,
    code: 'CORRUPT',
    object: 'data',
  },
  {
    pattern: /incompatible with server|was initialized by PostgreSQL version/,
    code: 'DUMP_NEWER',
    object: 'PG_VERSION',
  },
]

/** A server that ends while it recovers says something about the backup. */
async function recover(start: () => Promise<Server>): Promise<Server> {
  try {
    return await start()
  } catch (error) {
    if (!(error instanceof DrillStop) || error.finding.code !== 'ENGINE_DIED') throw error
    const { message } = error
    const reason = reasons.find(({ pattern }) => pattern.test(message))
    if (!reason) throw stop('RESTORE_ERROR', 'provision', message, { object: 'recovery' })
    throw stop(reason.code, 'provision', message, { object: reason.object })
  }
}

/** Copied, because the server's account may not be able to read it, and because nothing near the archive may be written to. */
async function copyWal(from: string, to: string): Promise<void> {
  if (!existsSync(from))
    throw stop('MEMBER_MISSING', 'provision', `the WAL archive ${from} is not there`, { object: from })
  await cp(from, to, { recursive: true, mode: 0 })
}

/** Major of the cluster that a base backup is of: the content of PG_VERSION. */
export async function versionOf(backup: string): Promise<number | undefined> {
  const text = await readFile(join(backup, 'PG_VERSION'), 'utf8').catch(() => '')
  const major = Number.parseInt(text, 10)
  return Number.isNaN(major) ? undefined : major
}
