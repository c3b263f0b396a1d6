import type { Database } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import type { CopyItem, RestoreItem, TableReading } from '../reading/define.ts'
import { parseCopy } from '../reading/sql/copy-statement.ts'
import { canonicalOf } from './canonical.ts'
import { nameOf, type RelationShape } from './inventory.ts'
import { LineComparer, type LineComparison } from './lines.ts'
import type { ProofRequest } from './request.ts'

/** A table with as many rows as in the file, and another hash. */
export interface Suspect {
  file: TableReading
  relation: RelationShape
  /** Its COPY statement. */
  statement: string
}

/** Columns of the rows in the file; COPY and INSERT without a list mean all that are not generated. */
export const columnsOf = ({ columns }: TableReading, relation: RelationShape): readonly string[] =>
  columns.length > 0 ? columns : relation.columns.filter(({ generated }) => generated === '').map(({ name }) => name)

interface Comparison extends Suspect {
  comparer: LineComparer
  columns: readonly string[]
  /** Data of one table in one piece come back in their order. */
  inOrder: boolean
}

/** Reads the file once more and compares the rows of the suspects one by one, values written alike; one finding for each that differs. */
export async function compareRows(
  suspects: readonly Suspect[],
  { reread, signal }: Pick<ProofRequest, 'reread' | 'signal'>,
  database: Database,
): Promise<Finding[]> {
  if (suspects.length === 0) return []
  const comparisons = new Map(suspects.map((each) => [nameOf(each.file), comparisonOf(each)]))
  const left = new Set(comparisons.keys())
  const items = reread()[Symbol.asyncIterator]()
  try {
    for (let step = await items.next(); !step.done && left.size > 0; step = await items.next()) {
      signal.throwIfAborted()
      const item: RestoreItem = step.value
      if (item.kind === 'statement' || item.kind === 'connect') continue
      const name = item.kind === 'copy' ? nameOf(item.table) : undefined
      const comparison = name === undefined ? undefined : comparisons.get(name)
      if (item.kind === 'largeObject' || !comparison) {
        await item.data[Symbol.asyncIterator]().return?.()
        continue
      }
      if (!comparison.inOrder) await addPiece(comparison, item)
      else {
        await comparison.comparer.both(item.data, database.copyOut(comparison.statement))
        left.delete(nameOf(item.table))
      }
    }
  } finally {
    await items.return?.()
  }
  for (const { inOrder, comparer, statement } of comparisons.values())
    if (!inOrder) await comparer.one('right', database.copyOut(statement))
  return [...comparisons.values()].flatMap((each) => describe(each, each.comparer.result()))
}

function comparisonOf(suspect: Suspect): Comparison {
  const { file, relation } = suspect
  const types = new Map(relation.columns.map(({ name, baseType }) => [name, baseType]))
  const columns = columnsOf(file, relation)
  const comparer = new LineComparer(columns.map((name) => canonicalOf(types.get(name) ?? '')))
  const inOrder = file.style === 'copy' && file.blocks === 1 && relation.kind !== 'partitioned'
  return { ...suspect, columns, comparer, inOrder }
}

/** Partitions may have their columns in another order than the root that their rows go through. */
async function addPiece({ comparer, columns }: Comparison, { sql, data }: CopyItem): Promise<void> {
  const own = parseCopy(sql)?.columns ?? []
  const order = own.length > 0 ? columns.map((name) => own.indexOf(name)) : undefined
  await comparer.one('left', data, order?.some((place, at) => place !== at) ? order : undefined)
}

function describe({ file, columns: names }: Comparison, result: LineComparison): Finding[] {
  if (result.equal) return []
  const object = nameOf(file)
  if (result.left !== result.right) {
    return [
      finding('CONTENT_MISMATCH', 'prove', `${object}: ${result.left} rows in the backup, ${result.right} restored`, {
        object,
      }),
    ]
  }
  const columns = result.columns.map((at) => names[at] ?? `column ${at + 1}`)
  const where = columns.length > 0 ? `, in ${columns.slice(0, 5).join(', ')}${columns.length > 5 ? ' …' : ''}` : ''
  const rows = result.differing > 0 ? `${result.differing} of ${result.left} rows` : 'rows'
  return [
    finding('CONTENT_MISMATCH', 'prove', `${object}: ${rows} were restored with other values${where}`, { object }),
  ]
}
