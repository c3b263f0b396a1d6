import type { BackupReading, CopyItem, RestoreItem, StatementItem } from '../reading/define.ts'
import type { ContentMutation } from './define.ts'
import { rowsWhere, withFirstTwice, withOneChange } from './rows.ts'

const manifest =
  'a manifest (gatekit backup writes one), a live source (--url), or a drill before that passed (drill.evidenceDir)'

/** What may be wrong with the content of a whole and well-formed dump. */
export function contentMutations(reading: BackupReading): ContentMutation[] {
  return [...rowMutations(reading), ...objectMutations(reading)]
}

function rowMutations(reading: BackupReading): ContentMutation[] {
  const tables = reading.tables.filter(({ rows }) => (rows ?? 0) > 1).sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0))
  const largest = tables[0]
  const keyed = tables.find(({ name, schema }) =>
    reading.objects.some((object) => object.type === 'CONSTRAINT' && object.table === name && object.schema === schema),
  )
  if (!largest) return []
  const name = largest.name
  const half = Math.floor((largest.rows ?? 0) / 2)
  const mutations: ContentMutation[] = [
    rows(
      'rows-half',
      `without every second row of ${name}`,
      largest.name,
      (data) => rowsWhere(data, (row) => row % 2 === 0),
      `a minimum under drill.tables, or ${manifest}`,
    ),
    rows(
      'rows-newest',
      `without the newest tenth of the rows of ${name}`,
      name,
      (data) => rowsWhere(data, (row) => row < (largest.rows ?? 0) * 0.9),
      `drill.rpo with a watermark column, or ${manifest}`,
    ),
    rows(
      'rows-none',
      `without any row of ${name}`,
      name,
      (data) => rowsWhere(data, () => false),
      `drill.tables: { ${name}: 1 }, or ${manifest}`,
    ),
    rows('row-one', `without one row of ${name}`, name, (data) => rowsWhere(data, (row) => row !== half), manifest),
    rows(
      'value',
      `with another letter in one value of ${name}`,
      name,
      (data) => withOneChange(data, half),
      'FILE.sha256, which gatekit backup writes beside the backup, or an assertion on what must not change',
    ),
    statements(
      'rows-all',
      'without any rows at all (--schema-only)',
      (item) => (item.kind === 'copy' ? [] : [item]),
      undefined,
    ),
  ]
  if (keyed)
    mutations.push(rows('row-twice', `with a row of ${keyed.name} twice`, keyed.name, withFirstTwice, undefined))
  return mutations
}

function rows(
  id: string,
  title: string,
  table: string,
  change: (data: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
  catches: string | undefined,
): ContentMutation {
  const changed = (item: CopyItem): CopyItem => ({ ...item, data: change(item.data) })
  return statements(
    id,
    title,
    (item) => (item.kind === 'copy' && item.table.name === table ? [changed(item)] : [item]),
    catches,
  )
}

function statements(
  id: string,
  title: string,
  change: (item: RestoreItem) => RestoreItem[],
  catches: string | undefined,
): ContentMutation {
  return { kind: 'content', id, title, change, ...(catches !== undefined && { catches }) }
}

function objectMutations({ tables, sequences }: BackupReading): ContentMutation[] {
  const largest = [...tables].sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0))[0]?.name ?? ''
  const used = sequences.find(({ isCalled, value }) => isCalled && Number(value) > 1)?.name
  const mentions = (item: RestoreItem, table: string): boolean =>
    (item.kind === 'copy' && item.table.name === table) ||
    (item.kind === 'statement' &&
      (item.object?.name === table ||
        item.object?.table === table ||
        item.sql.includes(` ${table} `) ||
        item.sql.includes(`.${table} `) ||
        item.sql.includes(`.${table};`) ||
        item.sql.includes(`.${table}(`)))
  return [
    statements(
      'table',
      `without the table ${largest}, and all that mentions it`,
      (item) => (mentions(item, largest) ? [] : [item]),
      `drill.tables: { ${largest}: 1 }, or ${manifest}`,
    ),
    without('index', 'without an index', (item) => /^CREATE INDEX/.test(item.what), manifest),
    without(
      'unique',
      'without a primary key or unique constraint',
      (item) => item.object?.type === 'CONSTRAINT' && !/FOREIGN KEY/i.test(item.sql),
      manifest,
    ),
    without('foreign-key', 'without a foreign key', (item) => item.object?.type === 'FK CONSTRAINT', manifest),
    once(
      'foreign-key-not-valid',
      'with a foreign key that was never validated',
      (item) =>
        item.object?.type === 'FK CONSTRAINT'
          ? { ...item, sql: item.sql.replace(/\s*;\s*$/, ' NOT VALID;') }
          : undefined,
      manifest,
    ),
    without('trigger', 'without a trigger', (item) => /^CREATE TRIGGER/.test(item.what), manifest),
    once('trigger-disabled', 'with a trigger that is disabled', (item) => disabled(item), manifest),
    statements(
      'sequence',
      `with the sequence ${used} at its beginning`,
      (item) =>
        item.kind === 'statement' &&
        used !== undefined &&
        item.what.startsWith('SELECT setval') &&
        item.what.includes(used)
          ? []
          : [item],
      undefined,
    ),
    without('view', 'without a view', (item) => /^CREATE (VIEW|MATERIALIZED VIEW)/.test(item.what), manifest),
    without('function', 'without a function', (item) => /^CREATE (FUNCTION|PROCEDURE)/.test(item.what), manifest),
    without(
      'matview',
      'with a materialised view that is empty of itself',
      (item) => item.what.startsWith('REFRESH MATERIALIZED VIEW'),
      undefined,
    ),
    statements(
      'privileges',
      'without privileges (--no-privileges)',
      (item) => (item.kind === 'statement' && /^(GRANT|REVOKE) ON/.test(item.what) ? [] : [item]),
      `drill.role, whose writes are probed, or ${manifest}`,
    ),
    statements(
      'large-objects',
      'without large objects (--no-large-objects)',
      (item) => (isObject(item) ? [] : [item]),
      `${manifest}; or a column of the type oid`,
    ),
  ]
}

const isObject = (item: RestoreItem): boolean =>
  item.kind === 'largeObject' ||
  (item.kind === 'statement' && /^SELECT (lo_\w+|lowrite|loread)|LARGE OBJECT/.test(item.what + item.sql.slice(0, 40)))

function disabled(item: StatementItem): StatementItem | undefined {
  const { object } = item
  if (!/^CREATE TRIGGER/.test(item.what) || object?.table === undefined) return undefined
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`
  const table = object.schema === undefined ? quoted(object.table) : `${quoted(object.schema)}.${quoted(object.table)}`
  return { ...item, sql: `${item.sql}\nALTER TABLE ${table} DISABLE TRIGGER ${quoted(object.name)};` }
}

/** Leaves out the first statement that fits. */
function without(
  id: string,
  title: string,
  fits: (item: StatementItem) => boolean,
  catches: string | undefined,
): ContentMutation {
  let done = false
  const change = (item: RestoreItem): RestoreItem[] => {
    if (done || item.kind !== 'statement' || !fits(item)) return [item]
    done = true
    return []
  }
  return statements(id, title, change, catches)
}

/** Changes the first statement that fits. */
function once(
  id: string,
  title: string,
  change: (item: StatementItem) => StatementItem | undefined,
  catches: string | undefined,
): ContentMutation {
  let done = false
  const changeFirst = (item: RestoreItem): RestoreItem[] => {
    const changed = done || item.kind !== 'statement' ? undefined : change(item)
    done ||= changed !== undefined
    return [changed ?? item]
  }
  return statements(id, title, changeFirst, catches)
}
