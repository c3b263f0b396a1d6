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

interface Plan {
  /** One row of it is updated to itself. */
  update: RelationShape[]
  /** An INSERT without a row: what a new row must be, only the application knows. */
  insert: RelationShape[]
  findings: Finding[]
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
  const { update, insert, findings } = await plan(superuser, inventory, probe, role)
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
    for (const [table, sql] of [...update.map(touch), ...insert.map(enter)]) {
      const trouble = await attempt(owner, sql)
      if (!trouble) written += insert.includes(table) ? 0 : 1
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
function touch(table: RelationShape): [RelationShape, string] {
  const name = quoteName(table)
  const column = quoteIdentifier(writable(table)!)
  const only = table.kind === 'partitioned' ? '' : 'only '
  const where = `(tableoid, ctid) = (select tableoid, ctid from ${only}${name} limit 1)`
  return [table, `update ${only}${name} set ${column} = ${column} where ${where}`]
}

const enter = (table: RelationShape): [RelationShape, string] => [
  table,
  `insert into ${quoteName(table)} (${quoteIdentifier(writable(table)!)}) select null where false`,
]

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

/** What is written where: into the tables that were declared, else into those that the role may write. */
async function plan(
  superuser: Database,
  inventory: Inventory,
  probe: Expectations['probe'],
  role: string | undefined,
): Promise<Plan> {
  const canTake = (each: RelationShape) =>
    (each.kind === 'table' || each.kind === 'partitioned') && !each.ofExtension && writable(each) !== undefined
  const isDeclared = probe.tables.length > 0
  const named = probe.tables.map((name) => ({ name, found: findRelations(inventory, name) }))
  const findings = named
    .filter(({ found }) => found.length === 0)
    .map(({ name }) =>
      finding('TABLE_MISSING', stage, `${name} is to be written and is not there${hint(inventory, name)}`, {
        object: name,
      }),
    )
  const own = isDeclared
    ? named.flatMap(({ found }) => found)
    : inventory.relations.filter((each) => canTake(each) && !each.isPartition)
  const tables = own.filter(canTake)
  if (isDeclared)
    findings.push(
      ...leftOut(
        own.filter((each) => !canTake(each)),
        'no table whose rows can be written',
      ),
    )
  const rights = role === undefined ? undefined : await rightsOf(superuser, role, tables)
  const may = (right: string) => (table: RelationShape) =>
    rights === undefined || rights.get(nameOf(table))?.includes(right) === true
  const update = tables.filter(may('UPDATE'))
  const insert = tables.filter((each) => !may('UPDATE')(each) && may('INSERT')(each))
  const neither = tables.filter((each) => !may('UPDATE')(each) && !may('INSERT')(each))
  findings.push(
    ...leftOut(
      insert,
      `${role} may only INSERT: it was allowed to, no row was written; name a statement in probe.statements`,
    ),
    // What was declared must work: the server says why it does not.
    ...(isDeclared ? [] : leftOut(neither, `${role} may not write it`)),
    ...leftOut(
      isDeclared ? [] : update.slice(mostTables),
      `${mostTables} tables are enough; name others in probe.tables`,
    ),
  )
  return isDeclared
    ? { update: [...update, ...neither], insert, findings }
    : { update: update.slice(0, mostTables), insert: insert.slice(0, mostTables), findings }
}

/** UPDATE means SELECT as well, which finding the row takes. */
async function rightsOf(
  superuser: Database,
  role: string,
  tables: readonly RelationShape[],
): Promise<Map<string, string[]>> {
  const has = (right: string) => `pg_catalog.has_table_privilege($1, t.written, '${right}')`
  const rows = tables.map((each) => `(${[quoteName(each), each.schema, nameOf(each)].map(quoteText).join(', ')})`)
  if (rows.length === 0) return new Map()
  const found = await superuser.query(
    `select t.name, (${has('UPDATE')} and ${has('SELECT')})::text as update, ${has('INSERT')}::text as insert
    from (values ${rows.join(', ')}) as t(written, schema, name) where pg_catalog.has_schema_privilege($1, t.schema, 'USAGE')`,
    [role],
  )
  const rightOf = ({ update, insert }: (typeof found)[number]): string[] => [
    ...(update === 'true' ? ['UPDATE'] : []),
    ...(insert === 'true' ? ['INSERT'] : []),
  ]
  return new Map(found.map((row) => [row.name ?? '', rightOf(row)]))
}

/** One remark for all tables that were not written for the same reason. */
function leftOut(tables: readonly RelationShape[], why: string): Finding[] {
  if (tables.length === 0) return []
  const names = tables.slice(0, 5).map(nameOf).join(', ')
  const more = tables.length > 5 ? ` and ${tables.length - 5} more` : ''
  return [
    finding('NOT_PROBED', stage, `no row was written into ${names}${more}: ${why}`, { object: nameOf(tables[0]!) }),
  ]
}
