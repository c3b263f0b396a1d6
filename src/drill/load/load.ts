import { type Database, DatabaseError, type Scratch } from '../engines/define.ts'
import type { Finding } from '../findings.ts'
import { quoteName } from '../identity/scratch-database.ts'
import type { CopyItem, LargeObjectItem, RestoreItem, StatementItem } from '../reading/define.ts'
import { classify, type Failed, type Surroundings } from './classify.ts'
import { loadLargeObject } from './large-object.ts'
import { asRole, isEventTrigger, isHarmless, isPlacement, isSetting, newOwner } from './privileged.ts'

export interface LoadOptions {
  around: Omit<Surroundings, 'engineMajor' | 'engineKind'>
  /** Roles that nothing is given to: the engine's superuser and its like. */
  above: ReadonlySet<string>
  signal: AbortSignal
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

/**
 * Restores the steps of a backup into the scratch database, in their order. Goes on after an error, as a person would to see all of them;
 * an engine that died, ran out of space or time ends it (DrillStop).
 */
export async function loadBackup(
  scratch: Scratch,
  items: AsyncIterable<RestoreItem>,
  options: LoadOptions,
): Promise<LoadReport> {
  const loader = new Loader(scratch, await scratch.owner(), await scratch.superuser(), options)
  try {
    for await (const item of items) {
      options.signal.throwIfAborted()
      await loader.take(item)
      if (loader.report.findings.length >= enough) break
    }
    await loader.finish()
    return loader.report
  } finally {
    await loader.close()
  }
}

class Loader {
  readonly report: LoadReport = { statements: 0, rows: 0, bytes: 0, largeObjects: 0, skipped: {}, findings: [] }
  private readonly eventTriggers: StatementItem[] = []
  private readonly around: Surroundings
  private readonly above: ReadonlySet<string>
  constructor(
    private readonly scratch: Scratch,
    private readonly owner: Database,
    private readonly admin: Database,
    private readonly options: LoadOptions,
  ) {
    this.around = { ...options.around, engineMajor: scratch.major, engineKind: scratch.kind }
    // PGlite has no superuser but the one that backups name most; there is nothing outside for him to reach.
    this.above = scratch.kind === 'pglite' ? new Set() : options.above
  }

  async take(item: RestoreItem): Promise<void> {
    if (item.kind === 'statement') return this.statement(item)
    if (item.kind === 'copy') return this.copy(item)
    if (item.kind === 'largeObject') return this.largeObject(item)
  }

  private async statement(item: StatementItem): Promise<void> {
    const { sql, skip } = item
    if (skip || isPlacement(sql)) {
      const reason = skip ?? 'tablespace'
      this.report.skipped[reason] = (this.report.skipped[reason] ?? 0) + 1
      return
    }
    const owner = newOwner(sql)
    if (owner !== undefined && this.above.has(owner)) {
      this.report.skipped.owner = (this.report.skipped.owner ?? 0) + 1
      return
    }
    if (isEventTrigger(sql)) {
      this.eventTriggers.push(item)
      return
    }
    this.report.statements++
    try {
      await this.run(item)
    } catch (error) {
      this.fail(error, { what: item.what, object: objectOf(item), line: item.line }, item.optional)
    }
  }

  private async run(item: StatementItem): Promise<void> {
    const role = asRole(item.sql, this.above)
    if (role !== undefined) return this.owner.exec(role)
    if (isSetting(item.sql)) {
      if (this.scratch.sessions > 1) await this.admin.query(item.sql)
      return this.owner.exec(item.sql)
    }
    if (item.privileged && isHarmless(item.sql)) return this.privileged(item.sql)
    try {
      await this.owner.exec(item.sql)
    } catch (error) {
      if (!isPrivilegeError(error) || !isHarmless(item.sql)) throw error
      await this.privileged(item.sql)
    }
  }

  /** What the superuser made is given to the owner: a SECURITY DEFINER function of the superuser's would be a way up. */
  private async privileged(sql: string): Promise<void> {
    // `query` takes one statement and no more, however the server reads the text.
    await this.admin.query(sql)
    if (/^\s*create\s+extension/i.test(sql)) return this.openExtensionTables()
    if (!/^\s*create\s/i.test(sql)) return
    const made = await this.admin.query(`
      select p.oid::pg_catalog.regprocedure::text as name from pg_catalog.pg_proc p
      where p.oid >= 16384 and p.proowner = (select oid from pg_catalog.pg_roles where rolname = current_user)
        and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                        and d.objid = p.oid and d.deptype = 'e')`)
    for (const { name } of made)
      await this.admin.exec(`alter routine ${name} owner to ${quoteName(this.scratch.ownerName)}`)
  }

  /** Extensions may have tables whose rows are part of a backup; they belong to the superuser. */
  private async openExtensionTables(): Promise<void> {
    const tables = await this.admin.query(`
      select distinct c.oid::pg_catalog.regclass::text as name from pg_catalog.pg_extension e
      cross join lateral unnest(e.extconfig) as t(oid) join pg_catalog.pg_class c on c.oid = t.oid and c.relkind in ('r', 'p')`)
    for (const { name } of tables)
      await this.admin.exec(`grant select, insert on ${name} to ${quoteName(this.scratch.ownerName)}`)
  }

  private async copy(item: CopyItem): Promise<void> {
    const { schema, name } = item.table
    const rows = item.data[Symbol.asyncIterator]()
    let sink: Awaited<ReturnType<Database['copyIn']>> | undefined
    try {
      sink = await this.owner.copyIn(item.sql.replace(/;\s*$/, ''))
      for (let next = await rows.next(); !next.done; next = await rows.next()) {
        await sink.write(next.value)
        this.report.bytes += next.value.length
        this.options.progress?.(this.report.bytes, this.report.rows)
      }
      this.report.rows += await sink.end()
      this.options.progress?.(this.report.bytes, this.report.rows)
    } catch (error) {
      await sink?.abort()
      await rows.return?.()
      this.fail(error, { what: `COPY ${schema}.${name}`, object: `${schema}.${name}`, line: item.line })
    }
  }

  private async largeObject(item: LargeObjectItem): Promise<void> {
    try {
      this.report.bytes += await loadLargeObject(this.owner, item.oid, item.data)
      this.report.largeObjects++
    } catch (error) {
      this.fail(error, { what: `large object ${item.oid}`, object: `large object ${item.oid}` })
    }
  }

  async finish(): Promise<void> {
    for (const item of this.eventTriggers) {
      const [, name] = /^create\s+event\s+trigger\s+("(?:[^"]|"")+"|\S+)\s/i.exec(item.sql.trimStart()) ?? []
      if (!name) continue
      try {
        await this.admin.query(item.sql)
        await this.admin.query(`alter event trigger ${name} disable`)
      } catch (error) {
        this.fail(error, { what: item.what, object: objectOf(item), line: item.line })
      }
    }
  }

  /** Remembers what the engine said about the backup; everything else is no answer of the engine and goes up. */
  private fail(error: unknown, failed: Failed, isOptional = false): void {
    if (!(error instanceof DatabaseError)) throw error
    if (isOptional) return
    const { dumpMajor, engineMajor } = this.around
    const isOldSetting =
      /^unrecognized configuration parameter/.test(error.message) && dumpMajor !== undefined && dumpMajor < engineMajor
    if (isOldSetting) return
    this.report.findings.push(classify(error, failed, this.around))
  }

  async close(): Promise<void> {
    await this.owner.close()
    await this.admin.close()
  }
}

const isPrivilegeError = (error: unknown): boolean => error instanceof DatabaseError && error.fields.code === '42501'

function objectOf({ object }: StatementItem): string | undefined {
  if (!object) return undefined
  const name = object.schema ? `${object.schema}.${object.name}` : object.name
  return object.table && /CONSTRAINT|TRIGGER|RULE|POLICY/.test(object.type) ? `${object.name} on ${object.table}` : name
}
