import type { Database } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import { ObjectDigest } from '../reading/object-digest.ts'
import { linesOf } from '../wire/lines.ts'
import { type Inventory, nameOf, type RelationShape } from './inventory.ts'
import { findColumn, hint } from './names.ts'
import { quoteIdentifier, quoteName } from './quoting.ts'
import type { ProofRequest } from './request.ts'

/** Names of columns that hold oids of tables, types, functions or roles: audit trails have them, and no backup keeps what they mean. */
const ofCatalogue =
  /(?:^|_)(?:rel|reloid|relid|table|tbl|class|type|typ|typid|proc|func|function|namespace|schema|role|user|owner|database|db|obj|object|constraint|index|relation|collation|operator|attr)(?:_?o?id)?$|^o?id$/i

const mayHold = new Set(['oid', 'int4', 'int8', 'numeric', 'text', 'varchar'])

/** What a column says below this is an object of the server itself; 4294967295 is how people write that there is none. */
const firstOwnOid = 16384

/**
 * Large objects that rows refer to and that are not there (`pg_dump -B`, or `-n`, which leaves them out). Declared columns are judged
 * row by row. Of others only what is unlikely to be anything else: a column of type oid or lo with values, not one of which leads anywhere,
 * in a database without a single large object.
 */
export async function checkLargeObjects(
  database: Database,
  inventory: Inventory,
  declared: readonly string[],
): Promise<Finding[]> {
  const findings: Finding[] = []
  const looked = new Set<string>()
  for (const text of declared) {
    const found = findColumn(inventory, text)
    const type = found?.relation.columns.find(({ name }) => name === found.column)?.baseType ?? ''
    // Reading a type of the backup's own may run a cast of its own.
    if (!found || !mayHold.has(type)) {
      const reason = found ? 'holds no number of any' : `is not there${hint(inventory, text)}`
      const message = `the column ${text} of declared large objects ${reason}`
      findings.push(finding('TABLE_MISSING', 'check', message, { object: text }))
      continue
    }
    looked.add(`${nameOf(found.relation)}.${found.column}`)
    const { missing, all } = await countMissing(database, found.relation, found.column)
    if (missing > 0) findings.push(missingObjects(found.relation, found.column, missing, all))
  }
  if (inventory.largeObjects.count > 0) return findings
  for (const { relation, column, isLo } of candidates(inventory)) {
    if (looked.has(`${nameOf(relation)}.${column}`)) continue
    const { missing, all, elsewhere } = await countMissing(database, relation, column)
    const isReference = isLo || (!ofCatalogue.test(column) && elsewhere === 0)
    if (missing > 0 && missing === all && isReference) findings.push(missingObjects(relation, column, missing, all))
  }
  return findings
}

const missingObjects = (relation: RelationShape, column: string, missing: number, all: number): Finding =>
  finding(
    'LO_MISSING',
    'check',
    `${missing} of ${all} large objects that ${nameOf(relation)}.${column} refers to are missing`,
    { object: nameOf(relation) },
  )

/** Columns that may hold large objects: of type oid, or of the extension's type lo. */
const candidates = (inventory: Inventory) =>
  inventory.relations
    .filter(({ kind, ofExtension }) => kind === 'table' && !ofExtension)
    .flatMap((relation) =>
      relation.columns
        .filter(({ type, baseType }) => baseType === 'oid' && !type.endsWith('[]'))
        .map(({ name, type }) => ({ relation, column: name, isLo: /(?:^|\.)lo$/.test(type) })),
    )

interface Missing {
  missing: number
  all: number
  /** Values that are oids of something else in this database. */
  elsewhere: number
}

async function countMissing(database: Database, relation: RelationShape, column: string): Promise<Missing> {
  const [row] = await database.query(
    `with refs as (select distinct ${quoteIdentifier(column)}::text::oid as id from only ${quoteName(relation)}
        where ${quoteIdentifier(column)}::text::numeric >= ${firstOwnOid} and ${quoteIdentifier(column)}::text <> '4294967295')
    select count(*)::text as "all",
      count(*) filter (where not exists (select from pg_catalog.pg_largeobject_metadata m where m.oid = refs.id))::text as missing,
      count(*) filter (where exists (select from pg_catalog.pg_class c where c.oid = refs.id)
        or exists (select from pg_catalog.pg_type t where t.oid = refs.id)
        or exists (select from pg_catalog.pg_proc p where p.oid = refs.id))::text as elsewhere
    from refs`,
  )
  return { missing: Number(row?.missing), all: Number(row?.all), elsewhere: Number(row?.elsewhere) }
}

/** The large objects of the file are all there, byte for byte; at depth `fast`, as many with as many bytes. */
export async function compareLargeObjects(
  database: Database,
  { file: { largeObjects }, depth }: Pick<ProofRequest, 'file' | 'depth'>,
): Promise<Finding[]> {
  if (largeObjects.count === 0) return []
  const [row] = await database.query(
    `select (select count(*) from pg_catalog.pg_largeobject_metadata)::text as count,
      (select coalesce(sum(octet_length(data)), 0) from pg_catalog.pg_largeobject)::text as bytes`,
  )
  const [count, bytes] = [Number(row?.count), Number(row?.bytes)]
  const object = 'large objects'
  if (count !== largeObjects.count || (largeObjects.digest && bytes !== largeObjects.bytes)) {
    const message = `${largeObjects.count} large objects with ${largeObjects.bytes} bytes in the backup, ${count} with ${bytes} restored`
    return [finding('LO_MISSING', 'prove', message, { object })]
  }
  if (depth === 'fast' || !largeObjects.digest || (await digestOf(database)) === largeObjects.digest) return []
  return [finding('CONTENT_MISMATCH', 'prove', 'large objects were restored with other content', { object })]
}

const pageBytes = 2048

async function digestOf(database: Database): Promise<string> {
  const digest = new ObjectDigest()
  const pages = 'select loid, pageno, data from pg_catalog.pg_largeobject order by loid, pageno'
  let open = ''
  for await (const line of linesOf(database.copyOut(`copy (${pages}) to stdout`))) {
    const [oid = '', page, data = ''] = line.toString('latin1').split('\t')
    if (oid !== open) digest.begin(oid)
    open = oid
    // A page that is not there reads as zeros.
    digest.update(Buffer.alloc(Math.max(0, Number(page) * pageBytes - digest.length)))
    digest.update(Buffer.from(data.trimEnd().replace(/^\\\\x/, ''), 'hex'))
  }
  digest.end()
  return digest.text
}
