import { type Database, DatabaseError, type Scratch } from '../engines/define.ts'
import type { Finding } from '../findings.ts'
import { quoteName } from '../identity/scratch-database.ts'
import type { EarlySums } from '../proof/early-sums.ts'
import type { CopyItem, LargeObjectItem, RestoreItem, StatementItem } from '../reading/define.ts'
import { changes, claimOf, sumsUp } from './claims.ts'
import { classify, failedOf, type Surroundings } from './classify.ts'
import { Lanes } from './lanes.ts'
import { loadLargeObject } from './large-object.ts'
import { asRole, isEventTrigger, isForeignCast, isHarmless, isPlacement, isSetting, newOwner } from './privileged.ts'
import { leavesRows, RowFreedom } from './row-freedom.ts'
import { runEventTrigger, runPrivileged } from './run-privileged.ts'

export interface LoadOptions {
  around: Omit<Surroundings, 'engineMajor' | 'engineKind'>
  /** Roles that nothing is given to: the engine's superuser and its like. */
  above: ReadonlySet<string>
  signal: AbortSignal
  /** Whether the backup is as pg_dump writes it: then it is known what its steps need of each other. */
  isKnown: boolean
  /** Takes the sums of tables that are full, while the restore leaves a core idle. */
  sums?: Pick<EarlySums, 'take' | 'forget'> | undefined
  /** Bytes of data and rows that the engine has taken so far. */
  progress?(bytes: number, rows: number): void
}

export interface LoadReport {
  statements: number
  rows: number
  bytes: number
  largeObjects: number
  /** What was left out, by reason. */
  skipped: Record<string, number>
  findings: Finding[]
}

/** More errors than this tell no more than these. */
const enough = 25

/** The sessions that a restore uses beside each other: the server's work on one of them keeps one core busy. */
const mostLanes = 2

/**
 * Restores the steps of a backup into the scratch database: in their order, but for those that cannot be in each other's way. Goes on after
 * an error, as a person would to see all of them; an engine that died, ran out of space or time ends it (DrillStop).
 */
export async function loadBackup(
  scratch: Scratch,
  items: AsyncIterable<RestoreItem>,
  options: LoadOptions,
): Promise<LoadReport> {
  const lanes = options.isKnown && scratch.sessions > mostLanes ? mostLanes : 1
  const owners = await Promise.all(Array.from({ length: lanes }, () => scratch.owner()))
  const loader = new Loader(scratch, owners, await scratch.superuser(), options)
  try {
    for await (const item of items) {
      options.signal.throwIfAborted()
      await loader.take(item)
      if (loader.failures.length >= enough) break
    }
    return await loader.finish()
  } finally {
    await loader.close()
  }
}

interface Failure {
  order: number
  finding: Finding
}

class Loader {
  readonly failures: Failure[] = []
  private readonly report: LoadReport = {
    statements: 0,
    rows: 0,
    bytes: 0,
    largeObjects: 0,
    skipped: {},
    findings: [],
  }
  private readonly eventTriggers: { item: StatementItem; order: number }[] = []
  private readonly around: Surroundings
  private readonly above: ReadonlySet<string>
  /** The session of all that runs alone. */
  private readonly owner: Database
  private readonly lanes: Lanes<Database>
  private readonly freedom = new RowFreedom()
  /** What failed beside other steps, and is tried again alone. */
  private again: { item: RestoreItem; order: number }[] = []
  private taken = 0
  /** In a transaction, or as another role: what follows belongs to this session. */
  private isBound = false
  private isOver = false
  private wake: () => void = () => {}
  private readonly ended = new Promise<void>((wake) => {
    this.wake = wake
  })

  constructor(
    private readonly scratch: Scratch,
    private readonly owners: readonly Database[],
    private readonly admin: Database,
    private readonly options: LoadOptions,
  ) {
    this.owner = owners[0] as Database
    this.lanes = new Lanes(owners)
    this.around = { ...options.around, engineMajor: scratch.major, engineKind: scratch.kind }
    // PGlite has no superuser but the one that backups name most; there is nothing outside for him to reach.
    this.above = scratch.kind === 'pglite' ? new Set() : options.above
  }

  /** Runs a step, or lets it wait for its turn; data that is no more than a place in a stream is used up. */
  async take(item: RestoreItem): Promise<void> {
    const order = this.taken++
    if (item.kind === 'statement') this.watch(item)
    const claim = this.owners.length > 1 && !this.isBound ? claimOf(item) : undefined
    if (!claim) {
      await this.settle()
      await this.perform(item, this.owner, order).catch((error: unknown) => this.fail(error, item, order))
      return
    }
    const isFree = this.freedom.isFree
    await this.lanes.add(claim, (session) => this.beside(item, session, order, isFree))
    if (item.kind === 'copy' && !(item.isApart && isFree)) await this.lanes.drain()
  }

  private watch(item: StatementItem): void {
    this.freedom.see(item)
    if (!leavesRows(item)) this.options.sums?.forget()
    if (/^(BEGIN|START)\b/.test(item.what)) this.isBound = true
    if (/^(COMMIT|END|ROLLBACK|ABORT)$/.test(item.what)) this.isBound = false
    const role = asRole(item.sql, this.above)
    if (role !== undefined) this.isBound = role !== 'reset role'
  }

  /** One step beside others. Whatever their company may have caused is tried again without it. */
  private async beside(item: RestoreItem, session: Database, order: number, isFree: boolean): Promise<void> {
    try {
      await this.perform(item, session, order)
    } catch (error) {
      const isOfData =
        item.kind === 'copy' || (error instanceof DatabaseError && /^2[23]/.test(error.fields.code ?? ''))
      if (isOfData || !(error instanceof DatabaseError)) this.fail(error, item, order)
      else this.again.push({ item, order })
      return
    }
    if (item.kind !== 'copy') return
    const { table } = item
    this.lanes.late(changes(table), async (idle) => {
      await idle
        .exec(`analyze ${table.schema ? `${quoteName(table.schema)}.` : ''}${quoteName(table.name)}`)
        .catch(() => {})
    })
    const { sums } = this.options
    if (!sums || !isFree) return
    this.lanes.late(sumsUp(table), async () => {
      if (!this.isOver) await Promise.race([sums.take(table), this.ended])
    })
  }

  /** Until all that may run beside other steps has run. */
  private async settle(): Promise<void> {
    await this.lanes.drain()
    for (const { item, order } of this.again.splice(0).sort((a, b) => a.order - b.order))
      await this.perform(item, this.owner, order).catch((error: unknown) => this.fail(error, item, order))
  }

  private async perform(item: RestoreItem, session: Database, order: number): Promise<void> {
    if (item.kind === 'copy') return this.copy(item, session)
    if (item.kind === 'largeObject') return this.largeObject(item)
    if (item.kind === 'statement' && !this.isLeftOut(item, order)) return this.run(item, session)
  }

  private isLeftOut(item: StatementItem, order: number): boolean {
    const { sql, skip } = item
    const owner = newOwner(sql)
    const reason =
      skip ?? (isPlacement(sql) ? 'tablespace' : owner !== undefined && this.above.has(owner) ? 'owner' : undefined)
    if (reason !== undefined) this.leaveOut(reason)
    else if (isEventTrigger(sql)) this.eventTriggers.push({ item, order })
    else return false
    return true
  }

  private async run(item: StatementItem, session: Database): Promise<void> {
    this.report.statements++
    const role = asRole(item.sql, this.above)
    if (role !== undefined) return session.exec(role)
    if (isSetting(item.sql)) {
      const asAdmin = this.scratch.sessions > 1 ? [this.admin.query(item.sql)] : []
      await Promise.all([...asAdmin, ...this.owners.map((owner) => owner.exec(item.sql))])
      return
    }
    if (item.privileged && isHarmless(item.sql)) return this.privileged(item.sql)
    try {
      await session.exec(item.sql)
    } catch (error) {
      if (!isPrivilegeError(error)) throw error
      if (isHarmless(item.sql)) return this.privileged(item.sql)
      if (!isForeignCast(item.sql)) throw error
      this.leaveOut('cast')
    }
  }

  private async privileged(sql: string): Promise<void> {
    const reason = await runPrivileged(this.admin, sql, this.scratch)
    if (reason) this.leaveOut(reason)
  }

  private leaveOut(reason: string): void {
    this.report.skipped[reason] = (this.report.skipped[reason] ?? 0) + 1
  }

  private async copy(item: CopyItem, session: Database): Promise<void> {
    const rows = item.data[Symbol.asyncIterator]()
    let sink: Awaited<ReturnType<Database['copyIn']>> | undefined
    try {
      sink = await session.copyIn(item.sql.replace(/;\s*$/, ''))
      for (let next = await rows.next(); !next.done; next = await rows.next()) {
        await sink.write(next.value)
        this.report.bytes += next.value.length
        this.options.progress?.(this.report.bytes, this.report.rows)
      }
      // Another table may end meanwhile: what is added to is read after the wait.
      const taken = await sink.end()
      this.report.rows += taken
      this.options.progress?.(this.report.bytes, this.report.rows)
    } catch (error) {
      await sink?.abort()
      await rows.return?.()
      throw error
    }
  }

  private async largeObject(item: LargeObjectItem): Promise<void> {
    const bytes = await loadLargeObject(this.owner, item.oid, item.data)
    this.report.bytes += bytes
    this.report.largeObjects++
  }

  async finish(): Promise<LoadReport> {
    await this.lanes.last()
    this.endSums()
    await this.lanes.finish()
    await this.settle()
    for (const { item, order } of this.eventTriggers) {
      try {
        await runEventTrigger(this.admin, item.sql, this.scratch.sessions === 1)
      } catch (error) {
        this.fail(error, item, order)
      }
    }
    const findings = this.failures.sort((a, b) => a.order - b.order).map(({ finding }) => finding)
    return { ...this.report, findings }
  }

  /** Remembers what the engine said about the backup; everything else is no answer of the engine and goes up. */
  private fail(error: unknown, item: RestoreItem, order: number): void {
    if (!(error instanceof DatabaseError)) throw error
    if (item.kind === 'statement' && item.optional) return
    const { dumpMajor, engineMajor } = this.around
    const isOldSetting =
      /^unrecognized configuration parameter/.test(error.message) && dumpMajor !== undefined && dumpMajor < engineMajor
    if (isOldSetting) return
    this.failures.push({ order, finding: classify(error, failedOf(item), this.around) })
  }

  /** The restore is over: sums that were not taken yet are no part of it. */
  private endSums(): void {
    this.isOver = true
    this.wake()
  }

  async close(): Promise<void> {
    this.endSums()
    await this.lanes.abandon()
    for (const session of [...this.owners, this.admin]) await session.close()
  }
}

const isPrivilegeError = (error: unknown): boolean => error instanceof DatabaseError && error.fields.code === '42501'
