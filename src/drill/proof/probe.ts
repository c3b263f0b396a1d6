import { type Database, DatabaseError } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import type { Expectations } from './expectations.ts'
import { type Inventory, nameOf, type RelationShape } from './inventory.ts'
import { findRelations, hint } from './names.ts'
import { quoteIdentifier, quoteName, quoteText } from './quoting.ts'
import { readable } from './readable.ts'
import type { ProofRequest } from './request.ts'

const stage = 'probe'
/** Tables that are tried when none is declared. */
const mostTables = 50

export interface ProbeResult {
  findings: Finding[]
  /** The role that wrote; undefined when nothing was tried. */
  role?: string
  /** Tables in which a row was written and taken back. */
  tables: number
}

/** Opens the sessions for `probeWrites` and closes them. */
export async function probe(
  request: Pick<ProofRequest, 'scratch' | 'expectations'>,
  inventory: Inventory,
): Promise<ProbeResult> {
  const superuser = await request.scratch.superuser()
  try {
    const owner = await request.scratch.owner()
    try {
      await readable(superuser, owner, inventory)
      return await probeWrites({ superuser, owner }, inventory, request.expectations.probe)
    } finally {
      await owner.close()
    }
  } finally {
    await superuser.close()
  }
}

interface Sessions {
  superuser: Database
  /** Logged in as the owner, without superuser rights: what triggers do, they do as the application. */
  owner: Database
}

/**
 * Writes as the application does, and takes everything back: one row of each table is updated to itself, so that privileges, triggers and
 * constraints have their say. What was declared must work; of tables that nobody declared only damage is a finding, for a table may refuse
 * writes on purpose.
 */
export async function probeWrites(
  { superuser, owner }: Sessions,
  inventory: Inventory,
  probe: Expectations['probe'],
): Promise<ProbeResult> {
  const role = probe.role ?? applicationRole(inventory)
  const blocked = role === undefined ? undefined : await enable(superuser, owner, role)
  if (blocked) {
    const exit = probe.role === undefined ? 0 : 1
    const code = blocked === 'absent' ? 'ROLE_MISSING' : 'PROBE_FAILED'
    const message =
      blocked === 'absent'
        ? `the application's role ${role} is not there`
        : `the role ${role} has rights on the scratch server itself: nothing was written as it`
    return { findings: [finding(code, stage, message, { object: role, exit })], tables: 0 }
  }
  const { tables, findings } = await declaredTables(superuser, inventory, probe, role)
  const isDeclared = probe.tables.length > 0
  let written = 0
  await owner.exec('begin')
  try {
    const general = await attempt(
      owner,
      'create temporary table gatekit_probe (n int); insert into gatekit_probe values (1)',
    )
    if (general) findings.push(failed('a table of its own', general, 1))
    if (role !== undefined) await owner.exec(`set local role ${quoteIdentifier(role)}`)
    for (const table of tables) {
      const trouble = await attempt(owner, touch(table))
      if (!trouble) written++
      else findings.push(failed(nameOf(table), trouble, isDeclared || isDamage(trouble) ? 1 : 0, role))
    }
    for (const [index, statement] of probe.statements.entries()) {
      const trouble = await attempt(owner, statement)
      if (trouble) findings.push(failed(`statement ${index + 1}`, trouble, 1, role))
    }
  } finally {
    await owner.exec('rollback')
  }
  return { findings, tables: written, ...(role !== undefined && { role }) }
}

const failed = (object: string, { message }: DatabaseError, exit: 0 | 1, role?: string): Finding =>
  finding('PROBE_FAILED', stage, `${object}: writing${role ? ` as ${role}` : ''} fails: ${message}`, { object, exit })

/** Corruption, system errors, a server that only reads. */
const isDamage = ({ fields: { code = '' } }: DatabaseError): boolean => /^(?:XX|58|25006)/.test(code)

/** Runs statements and takes them back; what the server said against them. */
async function attempt(database: Database, sql: string): Promise<DatabaseError | undefined> {
  await database.exec('savepoint gatekit_probe')
  try {
    await database.exec(`${sql.replace(/;\s*$/, '')}\n; set constraints all immediate`)
    return undefined
  } catch (error) {
    if (error instanceof DatabaseError) return error
    throw error
  } finally {
    await database.exec('rollback to savepoint gatekit_probe')
  }
}

/** One row to itself, found by its place: no index and no operator of the backup's is needed to find it. */
function touch(table: RelationShape): string {
  const name = quoteName(table)
  const column = quoteIdentifier(writable(table)!)
  const only = table.kind === 'partitioned' ? '' : 'only '
  return `update ${only}${name} set ${column} = ${column} where (tableoid, ctid) = (select tableoid, ctid from ${only}${name} limit 1)`
}

const writable = ({ columns }: RelationShape): string | undefined =>
  columns.filter(({ generated, identity }) => generated === '' && identity !== 'a').at(-1)?.name

/** Who writes, when nobody said: the role that most tables were granted to, else nobody but the owner. */
function applicationRole({ grants }: Inventory): string | undefined {
  const counts = new Map<string, number>()
  for (const { object, grantee, privilege } of grants) {
    if (privilege !== 'INSERT' || !object.startsWith('table ') || grantee === 'PUBLIC') continue
    counts.set(grantee, (counts.get(grantee) ?? 0) + 1)
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]?.[0]
}

/** Lets the owner's session become the role. Never a role that could leave the database: the backup's triggers will run as it. */
async function enable(superuser: Database, owner: Database, role: string): Promise<'absent' | 'powerful' | undefined> {
  const [found] = await superuser.query(
    `select (r.rolsuper or exists (select from pg_catalog.pg_roles p where p.rolname in
      ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files') and pg_catalog.pg_has_role(r.oid, p.oid, 'member')))::text as powerful
    from pg_catalog.pg_roles r where r.rolname = $1`,
    [role],
  )
  if (!found) return 'absent'
  if (found.powerful === 'true') return 'powerful'
  const [self] = await owner.query('select session_user::text as name')
  if (self?.name !== role && self?.name != null)
    await superuser.exec(`grant ${quoteIdentifier(role)} to ${quoteIdentifier(self.name)}`)
  return undefined
}

/** The declared tables, or those that the role may write. */
async function declaredTables(
  superuser: Database,
  inventory: Inventory,
  probe: Expectations['probe'],
  role: string | undefined,
): Promise<{ tables: RelationShape[]; findings: Finding[] }> {
  const canTake = (each: RelationShape) =>
    (each.kind === 'table' || each.kind === 'partitioned') && !each.ofExtension && writable(each) !== undefined
  if (probe.tables.length > 0) {
    const lost = probe.tables.filter((name) => findRelations(inventory, name).length === 0)
    const findings = lost.map((name) =>
      finding('TABLE_MISSING', stage, `${name} is to be written and is not there${hint(inventory, name)}`, {
        object: name,
      }),
    )
    const tables = probe.tables.flatMap((name) => findRelations(inventory, name).filter(canTake))
    return { tables, findings }
  }
  const own = inventory.relations.filter((each) => canTake(each) && !each.isPartition)
  if (role === undefined) return { tables: own.slice(0, mostTables), findings: [] }
  const allowed: RelationShape[] = []
  for (const table of own) {
    if (allowed.length === mostTables) break
    const name = quoteText(quoteName(table))
    const [row] = await superuser.query(
      `select (pg_catalog.has_table_privilege($1, ${name}, 'UPDATE') and pg_catalog.has_table_privilege($1, ${name}, 'SELECT')
        and pg_catalog.has_schema_privilege($1, ${quoteText(table.schema)}, 'USAGE'))::text as allowed`,
      [role],
    )
    if (row?.allowed === 'true') allowed.push(table)
  }
  return { tables: allowed, findings: [] }
}
