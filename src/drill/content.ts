import { chooseEngine } from './choose.ts'
import { databasesOf, partOf, unconfigured } from './databases.ts'
import type { EarlyScratch } from './early-scratch.ts'
import type { Scratch } from './engines/define.ts'
import { type Finding, finding, stop } from './findings.ts'
import type { DrillState } from './flow.ts'
import type { Lease } from './lease/lease.ts'
import { checkSpace } from './preflight.ts'
import { type Job, provision } from './provision.ts'
import type { BackupReading } from './reading/define.ts'

/** Restores what was read and proves it; of a pg_dumpall file, one database after the other. */
export async function drillContent(
  state: DrillState,
  lease: Lease,
  reading: BackupReading,
  early: EarlyScratch,
): Promise<void> {
  await drillDatabases(state, lease, reading, early)
  const { options, phases, findings, evidence } = state
  const { redisUrl } = options
  if (!redisUrl) return
  await phases.run('probe', async () => {
    const { askRedis } = await import('./systems/redis/reachable.ts')
    const { keys, findings: found } = await askRedis(redisUrl, options.signal)
    findings.push(...found)
    if (keys !== undefined) evidence.checks.redisKeys = keys
  })
}

async function drillDatabases(
  state: DrillState,
  lease: Lease,
  reading: BackupReading,
  early: EarlyScratch,
): Promise<void> {
  if (reading.engine !== 'postgres') return (await import('./systems/drill.ts')).drillSystem(state, lease, reading)
  if (reading.format === 'base') return (await import('./physical/drill.ts')).drillPhysical(state, lease, reading)
  const { database: wanted } = state.options
  if (wanted !== undefined && reading.databases.length > 1 && !reading.databases.includes(wanted)) {
    const message = `the backup is of databases ${reading.databases.join(', ')}, not of ${wanted}`
    throw stop('WRONG_DATABASE', 'read', message, { object: wanted })
  }
  const databases = databasesOf(reading, wanted)
  for (const [index, database] of databases.entries()) {
    const [found, tables] = [state.findings.length, state.evidence.tables.length]
    const part = partOf(reading, database)
    await drillDatabase(index === 0 ? state : unconfigured(state, part), lease, reading, { database, early })
    if (databases.length > 1) ofDatabase(state, database ?? '', { found, tables })
    if (state.findings.some(({ exit }) => exit !== 0)) return
  }
}

/** Says of what was found and proved since then which database it is about. */
function ofDatabase({ findings, evidence }: DrillState, name: string, since: { found: number; tables: number }): void {
  for (const each of findings.slice(since.found)) each.message = `database ${name}: ${each.message}`
  for (const each of evidence.tables.slice(since.tables)) each.name = `${name}.${each.name}`
}

async function drillDatabase(
  state: DrillState,
  lease: Lease,
  whole: BackupReading,
  { database, early }: { database: string | undefined; early: EarlyScratch },
): Promise<void> {
  const { options, phases, evidence, drillId } = state
  const reading = partOf(whole, database)
  const job: Job = {
    drillId,
    options,
    phases,
    lease,
    reading,
    database: whole.databases.length > 1 ? database : undefined,
  }
  const choice = await phases.run('preflight', async (note) => {
    await checkSpace(lease.folder, reading)
    const found = await chooseEngine(options.engine, {
      rootDir: options.rootDir,
      env: options.env,
      targetUrl: options.targetUrl,
      major: reading.header.serverMajor,
      extensions: reading.extensions,
    })
    note(found.reason)
    return found
  })
  // What comes next is loaded while the server makes its database.
  const next = import('./restore-and-prove.ts')
  const made = await early.take(reading.header)
  const scratch = await phases.run('provision', () => made?.scratch ?? provision(job, choice.engine), made?.begun())
  try {
    const { serverMajor } = reading.header
    const isSame = serverMajor === undefined ? null : serverMajor === scratch.major
    evidence.engine = {
      kind: scratch.kind,
      version: scratch.version,
      sameMajor: isSame,
      proof: isSame === null ? 'unknown' : isSame ? 'same-version' : 'portability',
      chosen: choice.reason,
    }
    state.findings.push(...otherLocale(reading, scratch))
    await (await next).restoreAndProve(state, job, scratch)
  } finally {
    await phases.run('cleanup', () => scratch.stop())
  }
}

/** Plain text makes its database in its locale or not at all; pg_restore does so only when it is told to. */
function otherLocale({ format }: BackupReading, { lacksLocale: object }: Scratch): Finding[] {
  if (object === undefined) return []
  const message = `the server has not got the locale ${object}: text is sorted in another order than where it comes from`
  return [finding('LOCALE_UNAVAILABLE', 'provision', message, { object, exit: format === 'plain' ? 3 : 0 })]
}
