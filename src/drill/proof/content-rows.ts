import type { Database } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import type { CopyItem, RestoreItem, TableReading } from '../reading/define.ts'
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

/** Reads the file once more and compares the rows of the suspects one by one, values written alike; one finding for each that differs. */
export async function compareRows(
  suspects: readonly Suspect[],
  { reread, signal }: Pick<ProofRequest, 'reread' | 'signal'>,
  database: Database,
): Promise<Finding[]> {
  if (suspects.length === 0) return []
  const comparers = new Map(suspects.map((each) => [nameOf(each.file), comparerOf(each)]))
  const byName = new Map(suspects.map((each) => [nameOf(each.file), each]))
  const left = new Map(suspects.map((each) => [nameOf(each.file), each.file.blocks]))
  const items = reread()[Symbol.asyncIterator]()
  try {
    for (let step = await items.next(); !step.done && left.size > 0; step = await items.next()) {
      signal.throwIfAborted()
      const item: RestoreItem = step.value
      const name = item.kind === 'copy' ? nameOf(item.table) : undefined
      const suspect = name === undefined ? undefined : byName.get(name)
      if (item.kind === 'statement' || item.kind === 'connect') continue
      if (item.kind === 'largeObject' || !suspect || name === undefined) {
        await item.data[Symbol.asyncIterator]().return?.()
        continue
      }
      const blocks = left.get(name)! - 1
      await compareBlock(comparers.get(name)!, suspect, item, database, blocks)
      if (blocks > 0) left.set(name, blocks)
      else left.delete(name)
    }
  } finally {
    await items.return?.()
  }
  return suspects.flatMap((each) => describe(each, comparers.get(nameOf(each.file))!.result()))
}

const comparerOf = ({ file, relation }: Suspect): LineComparer => {
  const types = new Map(relation.columns.map(({ name, baseType }) => [name, baseType]))
  const columns =
    file.columns.length > 0
      ? file.columns
      : relation.columns.filter(({ generated }) => generated === '').map(({ name }) => name)
  return new LineComparer(columns.map((name) => canonicalOf(types.get(name) ?? '')))
}

/** Data in one block is compared in its order; data in several is summed up, the database's after the last. */
async function compareBlock(
  comparer: LineComparer,
  { file, statement }: Suspect,
  item: CopyItem,
  database: Database,
  blocksLeft: number,
): Promise<void> {
  if (file.blocks === 1) return comparer.both(item.data, database.copyOut(statement))
  await comparer.one('left', item.data)
  if (blocksLeft === 0) await comparer.one('right', database.copyOut(statement))
}

function describe({ file, relation }: Suspect, result: LineComparison): Finding[] {
  if (result.equal) return []
  const object = nameOf(file)
  if (result.left !== result.right) {
    return [
      finding('CONTENT_MISMATCH', 'prove', `${object}: ${result.left} rows in the backup, ${result.right} restored`, {
        object,
      }),
    ]
  }
  const names = file.columns.length > 0 ? file.columns : relation.columns.map(({ name }) => name)
  const columns = result.columns.map((at) => names[at] ?? `column ${at + 1}`)
  const where = columns.length > 0 ? `, in ${columns.slice(0, 5).join(', ')}${columns.length > 5 ? ' …' : ''}` : ''
  const rows = result.differing > 0 ? `${result.differing} of ${result.left} rows` : 'rows'
  return [
    finding('CONTENT_MISMATCH', 'prove', `${object}: ${rows} were restored with other values${where}`, { object }),
  ]
}
