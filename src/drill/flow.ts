import { randomBytes } from 'node:crypto'
import { setMaxListeners } from 'node:events'
import { basename } from 'node:path'
import { performance } from 'node:perf_hooks'
import { judgeRpo } from './budget/rpo.ts'
import { judgeRto } from './budget/rto.ts'
import { drillContent } from './content.ts'
import { EarlyScratch } from './early-scratch.ts'
import { DrillStop, type Finding, finding, stop } from './findings.ts'
import { assertNotSource } from './identity/not-source.ts'
import { fingerprint, openSource } from './identity/source.ts'
import { type Lease, takeLease } from './lease/lease.ts'
import { sweepLeftovers } from './lease/sweep.ts'
import { sweepServer } from './lease/sweep-server.ts'
import type { DrillOptions } from './options.ts'
import { createPhases, type Phases } from './phases.ts'
import { megabytes } from './preflight.ts'
import type { Proven } from './proof/prove.ts'
import type { BackupReading } from './reading/define.ts'
import { readBackup } from './reading/read-backup.ts'
import { BrokenBackup } from './reading/source/broken.ts'
import type { BackupFacts, DrillRecord } from './record.ts'
import { saveEvidence } from './save-evidence.ts'
import type { SelectedBackup } from './select/define.ts'
import { checkPromise } from './select/promise.ts'
import { selectBackup } from './select/select-backup.ts'
import { buildRecord } from './verdict.ts'

/** What is known so far; the record is made of it, however the drill ends. */
export interface DrillState {
  drillId: string
  options: DrillOptions
  phases: Phases
  findings: Finding[]
  evidence: DrillRecord['evidence']
  /** Of the restored database, for the next drill to compare with. */
  proven?: Proven | undefined
  /** Milliseconds until the restored database gave its first answer. */
  answerMs: number
}

/** Findings with which the rest of a drill still tells something. */
const notFatal: readonly Finding['code'][] = ['STALE', 'ORDER_CONFLICT', 'CHECKSUM_MISSING', 'RPO_EXCEEDED']

/**
 * One whole drill, from the choice of the backup to the evidence. Never throws for anything about the backup, the engine or the machine:
 * that is a verdict. Everything it made is gone when it resolves; what a kill prevents, the next drill sweeps.
 */
export async function runDrill(asked: DrillOptions): Promise<DrillRecord> {
  const { clock } = asked
  const begin = performance.now()
  const startedAt = clock.now()
  const drillId = `${new Date(startedAt)
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
    .toLowerCase()}_${randomBytes(3).toString('hex')}`
  const guard = guardTime(asked)
  const options = { ...asked, signal: guard.signal }
  const state: DrillState = {
    drillId,
    options,
    phases: createPhases(clock, () => performance.now(), asked.onEvent),
    findings: [],
    evidence: { tables: [], rows: 0, roles: [], extensions: [], largeObjects: 0, checks: {}, swept: [] },
    answerMs: 0,
  }
  let lease: Lease | undefined
  try {
    lease = await begun(state)
    await drill(state, lease)
  } catch (error) {
    state.findings.push(asFinding(error, guard.signal, state))
  } finally {
    guard.end()
  }
  const budgets = judgeBudgets(state)
  const record = (): DrillRecord =>
    buildRecord(
      {
        drillId,
        startedAt,
        durationMs: Math.round(performance.now() - begin),
        phases: state.phases.records,
        findings: state.findings,
        evidence: state.evidence,
        ...budgets,
      },
      asked,
    )
  // A drill that was refused because another one runs must not write beside it.
  if (lease && asked.evidence) await saveEvidence(state, record, asked.evidence)
  if (lease) await giveBack(lease)
  return record()
}

/** What could not be removed, on a server that is not ours, stays written down for the next drill. */
async function giveBack(lease: Lease): Promise<void> {
  const left = lease.traces().filter((trace) => trace.kind === 'database' || trace.kind === 'role')
  if (lease.isClean() || left.length === 0) await lease.forget()
  else await lease.keep(left)
}

async function begun(state: DrillState): Promise<Lease> {
  const { options, phases, evidence, drillId } = state
  return phases.run('sweep', async (note) => {
    const remote = options.targetUrl ? sweepServer(options.targetUrl, options) : undefined
    evidence.swept = await sweepLeftovers(remote)
    if (evidence.swept.length > 0) {
      note(`removed what an earlier drill had left: ${evidence.swept.length}`)
      for (const each of evidence.swept) options.onEvent({ kind: 'line', text: `Swept from an earlier drill: ${each}` })
    }
    return takeLease(options.rootDir, drillId, options.clock.now())
  })
}

async function drill(state: DrillState, lease: Lease): Promise<void> {
  const { options, phases, findings } = state
  const chosen = await phases.run('select', async (note) => {
    const selected = await selectBackup(options.select)
    findings.push(...selected.findings)
    if (selected.path) {
      options.onEvent({ kind: 'line', text: `Using backup: ${selected.path}` })
      note(`${megabytes(selected.bytes)}, ${selected.others.length} others`)
    }
    return selected
  })
  if (isFatal(findings)) return
  const early = new EarlyScratch(state, lease)
  try {
    await drillChosen(state, lease, { chosen, early })
  } finally {
    await early.drop()
  }
}

async function drillChosen(
  state: DrillState,
  lease: Lease,
  { chosen, early }: { chosen: SelectedBackup; early: EarlyScratch },
): Promise<void> {
  const { options, phases, findings, evidence } = state
  const reading = await phases.run('read', async (note) => {
    const found = await read(state, chosen, early)
    note(`${found.engine} ${found.format}, ${found.tables.length} tables`)
    return found
  })
  evidence.backup = factsOf(reading, chosen)
  evidence.roles = reading.roles
  evidence.extensions = reading.extensions
  const exchanged = await checkPromise(chosen, reading.sha256, options.signal)
  findings.push(...reading.findings.map(named(chosen)), ...exchanged, ...wrongDatabase(reading, options.database))
  if (isFatal(findings)) return
  await watched(state, () => drillContent(state, lease, reading, early))
}

/** What is wrong with a backup as a whole is wrong with its file. */
const named =
  ({ path }: SelectedBackup) =>
  (found: Finding): Finding => ({ object: basename(path), ...found })

const isFatal = (findings: readonly Finding[]): boolean =>
  findings.some(({ code, exit }) => exit !== 0 && !notFatal.includes(code))

async function read({ options }: DrillState, { path }: SelectedBackup, early: EarlyScratch): Promise<BackupReading> {
  return readBackup(path, {
    env: options.env,
    decrypt: options.decrypt,
    allow: options.allow,
    signal: options.signal,
    onProgress: (done, total) => options.onEvent({ kind: 'progress', name: 'read', done, total, unit: 'bytes' }),
    onHead: (header) => early.begin(header),
  })
}

function wrongDatabase({ header }: BackupReading, wanted: string | undefined): Finding[] {
  if (wanted === undefined || header.database === undefined || header.database === wanted) return []
  const message = `the backup is of database ${header.database}, not of ${wanted}`
  return [stop('WRONG_DATABASE', 'read', message, { object: header.database }).finding]
}

function factsOf(reading: BackupReading, { path, realPath, mtime, nameTime }: SelectedBackup): BackupFacts {
  const { header, engine, format, wrappers } = reading
  const iso = (date: Date | undefined) => date?.toISOString()
  const clocks = { name: iso(nameTime), mtime: iso(mtime), header: header.created }
  return {
    path,
    ...(realPath !== path && { realPath }),
    sha256: reading.sha256,
    bytes: reading.bytes,
    format: [engine, format, ...wrappers].join(' '),
    ...(header.database !== undefined && { database: header.database }),
    ...(header.serverVersion !== undefined && { serverVersion: header.serverVersion }),
    ...(header.dumpVersion !== undefined && { dumpVersion: header.dumpVersion }),
    clocks: Object.fromEntries(Object.entries(clocks).filter(([, value]) => value !== undefined)),
  }
}

/** Does the work between two looks at the source; proves that the drill left it as it was. */
async function watched(state: DrillState, work: () => Promise<void>): Promise<void> {
  const { options, phases, evidence } = state
  const { sourceUrl, targetUrl, env, clock } = options
  if (targetUrl) await phases.run('preflight', () => assertNotSource(targetUrl, sourceUrl, env, options))
  if (!sourceUrl) return work()
  const look = async () => {
    const source = await openSource(sourceUrl, options)
    try {
      return await fingerprint(source, clock)
    } finally {
      await source.close()
    }
  }
  const before = await phases.run('preflight', look)
  evidence.source = { before }
  try {
    await work()
  } finally {
    const after = await phases.run('cleanup', look).catch(() => undefined)
    if (after) evidence.source = { before, after, unchanged: after.sha256 === before.sha256 }
  }
}

function judgeBudgets(state: DrillState) {
  const { options, phases, evidence, findings, answerMs } = state
  const { rtoMs, rpoMs, clock } = options
  const { rpo, findings: late } = judgeRpo(evidence.backup?.clocks ?? {}, clock.now(), rpoMs)
  const isRestored = phases.records.some(({ name, status }) => name === 'restore' && status === 'done')
  const slow = isRestored
    ? judgeRto(phases.records, { answerMs, ...(rtoMs !== undefined && { budgetMs: rtoMs }) })
    : undefined
  findings.push(...late, ...(slow?.findings ?? []))
  return { rpo, rto: slow?.rto }
}

function asFinding(error: unknown, signal: AbortSignal, { phases }: DrillState): Finding {
  const stage = phases.stageOf(error)
  const reason: unknown = signal.aborted ? signal.reason : error
  if (reason instanceof DrillStop) return { ...reason.finding, stage }
  if (reason instanceof BrokenBackup) {
    const { message, object } = reason
    return finding(reason.code, stage, message, { object })
  }
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return stop('NO_SPACE', stage, 'the disk is full').finding
  throw error
}

/** One signal for Ctrl-C and for the time that the whole drill may take; each tells why. */
function guardTime({ signal, timeoutMs }: DrillOptions): { signal: AbortSignal; end(): void } {
  const control = new AbortController()
  // Each operation that is under way listens.
  setMaxListeners(0, control.signal)
  const onAbort = () => control.abort(stop('INTERRUPTED', 'restore', 'the drill was stopped'))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(
    () => control.abort(stop('TIMEOUT', 'restore', `the drill took longer than ${timeoutMs / 1000} s`)),
    timeoutMs,
  )
  return {
    signal: control.signal,
    end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    },
  }
}
