import type { Database, Scratch } from './engines/define.ts'
import { type Finding, finding, stop } from './findings.ts'
import { assertScratch } from './identity/scratch-database.ts'
import { type LoadReport, loadBackup } from './load/load.ts'
import { missingExtensions, prepareRoles } from './load/roles.ts'
import type { EarlySums } from './proof/early-sums.ts'
import type { Job } from './provision.ts'
import type { BackupReading } from './reading/define.ts'
import { openStatements } from './reading/open-statements.ts'

/** Restores the backup into the scratch database and brings its statistics up to date. */
export async function restore(job: Job, scratch: Scratch, sums?: EarlySums): Promise<LoadReport> {
  const { options, reading, database, drillId } = job
  await scratch.canary()
  const above = await prepare(job, scratch)
  const names = new Set(
    reading.objects.flatMap(({ name, type }) => [name, bare(name), ...(type === 'TABLE' ? [] : [])]),
  )
  const statements = openStatements(reading, {
    env: options.env,
    decrypt: options.decrypt,
    allow: options.allow,
    signal: options.signal,
    ...(database !== undefined && { database }),
  })
  const report = await loadBackup(scratch, statements, {
    above,
    sums,
    isKnown: reading.format !== 'plain' || reading.tool !== 'sql',
    signal: options.signal,
    around: {
      dumpMajor: reading.header.serverMajor,
      has: (name) => names.has(name) || names.has(bare(name)),
    },
    progress: (bytes) =>
      options.onEvent({
        kind: 'progress',
        name: 'restore',
        done: bytes,
        total: Math.max(bytes, reading.plainBytes),
        unit: 'bytes',
      }),
  })
  await scratch.canary()
  const admin = await scratch.superuser()
  try {
    await assertScratch(admin, drillId, 'restore')
    await analyze(admin)
  } finally {
    await admin.close()
  }
  return report
}

/** Brings the statistics up to date of what was not analysed as soon as its rows were in, or has an expression index since. */
async function analyze(admin: Database): Promise<void> {
  const found = await admin.query(`
    select c.oid::pg_catalog.regclass::text as name from pg_catalog.pg_class c
    where c.oid >= 16384 and c.relkind in ('r', 'm') and c.relpersistence <> 't' and pg_catalog.pg_relation_size(c.oid) > 0
      and (pg_catalog.pg_stat_get_last_analyze_time(c.oid) is null
        or exists (select from pg_catalog.pg_index x where x.indrelid = c.oid and x.indexprs is not null))`)
  if (found.length > 0) await admin.query(`analyze ${found.map(({ name }) => name).join(', ')}`)
}

/** `public.norm(text)` -> `norm` */
const bare = (name: string): string => name.replace(/\(.*$/s, '').replace(/^.*\./s, '').replaceAll('"', '')

/** What must be there before the first statement: an empty database with our marker, roles, extensions. Returns the roles above ours. */
async function prepare({ drillId, reading }: Job, scratch: Scratch): Promise<Set<string>> {
  const admin = await scratch.superuser()
  try {
    await assertScratch(admin, drillId, 'restore')
    const [row] = await admin.query(
      `select count(*)::text as tables from pg_catalog.pg_class where oid >= 16384 and relkind in ('r', 'p', 'm', 'S')`,
    )
    if (row?.tables !== '0')
      throw stop('TARGET_NOT_EMPTY', 'restore', `the scratch database holds ${row?.tables} tables already`)
    const missing = await missingExtensions(admin, reading.extensions)
    if (missing.length > 0) {
      const message = `${scratch.kind} ${scratch.version} has no extension ${missing.join(', ')}`
      throw stop('EXTENSION_UNAVAILABLE', 'restore', message, { object: missing[0] })
    }
    const remember = scratch.remember ?? (async () => {})
    const { above } = await prepareRoles(admin, scratch, reading.roles, remember)
    return above
  } finally {
    await admin.close()
  }
}

/** What was left out of the restore and that it was: remarks, for a drill must not keep quiet about them. */
export function remarks(report: LoadReport, { tablespaces }: Pick<BackupReading, 'tablespaces'>): Finding[] {
  const { owner, subscription, privilege, cast } = report.skipped
  const say = (count: number | undefined, text: string) =>
    count ? [finding('OBJECTS_MISSING', 'restore', `${count} ${text}`, { exit: 0 })] : []
  return [
    ...say(owner, 'changes of owner to a role above that of the scratch database were left out'),
    ...say(cast, 'casts between types of the server were left out'),
    ...say(privilege, 'privileges on functions that reach out of the database were left out'),
    ...say(subscription, 'subscriptions were left out: they would connect to another server'),
    // They are folders outside scratch; in an emergency they must be there first.
    ...say(tablespaces.length, `tablespaces were left out, all is in one folder: ${tablespaces.join(', ')}`),
  ]
}
