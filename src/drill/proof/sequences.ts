import type { Database } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import { type Inventory, nameOf, type SequenceShape } from './inventory.ts'
import { isKnown } from './names.ts'
import { quoteIdentifier, quoteName } from './quoting.ts'
import type { FileFacts } from './request.ts'

/** A sequence is behind when one of its next values is taken; further away, taken values are somebody's own and harm nobody soon. */
const reach = 1000n

const wholeNumbers = new Set(['int2', 'int4', 'int8'])

/**
 * Sequences that would hand out values which are taken: the next insert fails with a duplicate key. A sequence that was never used,
 * and that the backup says was never used, belongs to an application which makes its keys itself; that is a remark.
 */
export async function checkSequences(
  database: Database,
  inventory: Inventory,
  file: Pick<FileFacts, 'sequences'>,
  known: readonly string[],
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const sequence of inventory.sequences) {
    const fed = sequence.feeds.filter((column) => isUniqueNumber(inventory, column))
    for (const column of fed) {
      const behind = await taken(database, sequence, column)
      if (behind === undefined) continue
      const isOwnWay = !sequence.isCalled && file.sequences.some((each) => nameOf(each) === nameOf(sequence))
      const exit = isOwnWay || isKnown(known, sequence) ? 0 : 1
      const table = nameOf(column)
      const message = `${table}.${column.column}: ${nameOf(sequence)} would hand out values that are taken; it is behind by ${behind}`
      findings.push(finding('SEQUENCE_BEHIND', 'check', message, { object: table, exit }))
    }
  }
  return findings
}

type Fed = SequenceShape['feeds'][number]

/** Only a key can collide; and only of a table, whose partitions count with it. */
function isUniqueNumber(inventory: Inventory, { schema, name, column }: Fed): boolean {
  const relation = inventory.relations.find((each) => each.schema === schema && each.name === name)
  const type = relation?.columns.find((each) => each.name === column)?.baseType
  if (!relation || !type || !wholeNumbers.has(type)) return false
  const isKey = inventory.constraints.some(
    (each) =>
      each.schema === schema &&
      each.table === name &&
      (each.kind === 'p' || each.kind === 'u') &&
      each.columns.includes(column),
  )
  // A partition's rows count where its parent is looked at.
  return isKey && !relation.isPartition
}

/** By how much the sequence is behind the largest value; undefined when none of its next values is taken. */
async function taken(database: Database, sequence: SequenceShape, fed: Fed): Promise<bigint | undefined> {
  const step = BigInt(sequence.increment)
  const next = sequence.isCalled ? BigInt(sequence.lastValue) + step : BigInt(sequence.lastValue)
  const end = next + step * (reach - 1n)
  const [low, high] = step > 0n ? [next, end] : [end, next]
  const column = quoteIdentifier(fed.column)
  // Two questions that an index answers at once: is anything in reach taken, and how far does it go?
  const [row] = await database.query(
    `select (select ${column} from ${quoteName(fed)} where ${column} operator(pg_catalog.>=) ${low}
        and ${column} operator(pg_catalog.<=) ${high} limit 1)::text as near,
      (select pg_catalog.${step > 0n ? 'max' : 'min'}(${column}) from ${quoteName(fed)})::text as far`,
  )
  if (row?.near == null || row.far == null) return undefined
  const distance = step > 0n ? BigInt(row.far) - next : next - BigInt(row.far)
  return distance + 1n
}

/** Sequences whose state is not what the file set; a restore that lost a setval would hand out old values. */
export function compareSequences(inventory: Inventory, file: Pick<FileFacts, 'sequences'>): Finding[] {
  const restored = new Map(inventory.sequences.map((each) => [nameOf(each), each]))
  const last = new Map(file.sequences.map((each) => [nameOf(each), each]))
  return [...last].flatMap(([name, { value, isCalled }]) => {
    const found = restored.get(name)
    if (found && found.lastValue === value && found.isCalled === isCalled) return []
    const message = found
      ? `${name} was restored at another value than the backup sets`
      : `${name} is set by the backup and is not in the restored database`
    return [finding('CONTENT_MISMATCH', 'prove', message, { object: name })]
  })
}
