import type { Database } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import type { TableReading } from '../reading/define.ts'
import type { TableProof } from '../record.ts'
import { columnsOf, compareRows, type Suspect } from './content-rows.ts'
import { inParallel } from './in-parallel.ts'
import { type Inventory, nameOf, type RelationShape } from './inventory.ts'
import type { ProofRequest } from './request.ts'
import { copyStatement } from './stream.ts'
import { countRows, sumTable } from './table-sum.ts'

const stage = 'prove'

export interface ContentProof {
  tables: TableProof[]
  findings: Finding[]
}

interface Pair {
  file: TableReading
  relation: RelationShape
  /** Of a partitioned table: its partitions whose rows the file has apart. */
  partitionsBut?: RelationShape[]
}

/**
 * Compares every table of the file with what was restored of it: SHA-256 of the whole COPY stream, or the number of rows at depth
 * `fast`. Where hashes differ, rows are compared one by one, since a time zone or a version may write the same value in another way.
 */
export async function proveContent(
  request: Pick<ProofRequest, 'file' | 'depth' | 'early' | 'reread' | 'signal' | 'progress'>,
  inventory: Inventory,
  sessions: readonly Database[],
): Promise<ContentProof> {
  const relations = new Map(inventory.relations.map((each) => [nameOf(each), each]))
  const findings: Finding[] = []
  const pairs: Pair[] = []
  const saved = new Set(request.file.tables.map(nameOf))
  const isApart = (each: RelationShape) => saved.has(nameOf(each))
  for (const file of request.file.tables) {
    const relation = relations.get(nameOf(file))
    if (!relation) findings.push(lost(file))
    else if (relation.kind !== 'partitioned') pairs.push({ file, relation })
    else pairs.push({ file, relation, partitionsBut: partitionsOf(relation, relations).filter(isApart) })
  }
  const total = request.file.tables.reduce((sum, { rows = 0 }) => sum + rows, 0)
  const tables = new Map<string, TableProof>()
  const suspects: Suspect[] = []
  let done = 0
  await inParallel(sessions, largestFirst(pairs), async (database, pair) => {
    request.signal.throwIfAborted()
    const { proof, suspect, remarks } = await provePair(database, pair, request)
    findings.push(...remarks)
    tables.set(proof.name, proof)
    if (suspect) suspects.push(suspect)
    done += pair.file.rows ?? 0
    request.progress?.(done, total)
  })
  const rowFindings = await compareRows(suspects, request, sessions[0]!)
  for (const { file, relation } of pairs) {
    const proof = tables.get(nameOf(file))!
    proof.equal ??= !rowFindings.some(({ object }) => object === proof.name)
    const found = rowFindings.find(({ object }) => object === proof.name)
    if (found) findings.push(found)
    else if (!proof.equal && !relation.ofExtension) findings.push(countsDiffer(proof))
  }
  return { tables: pairs.map(({ file }) => tables.get(nameOf(file))!), findings }
}

/** Tables below one that is partitioned, at any depth. */
function partitionsOf(root: RelationShape, relations: ReadonlyMap<string, RelationShape>): RelationShape[] {
  const isBelow = ({ parents, isPartition }: RelationShape): boolean =>
    isPartition &&
    parents.some((name) => {
      const parent = relations.get(name)
      return name === nameOf(root) || (parent !== undefined && isBelow(parent))
    })
  return [...relations.values()].filter((each) => each.kind === 'table' && isBelow(each))
}

const lost = (file: TableReading): Finding =>
  finding('TABLE_MISSING', stage, `${nameOf(file)} has data in the backup and is not in the restored database`, {
    object: nameOf(file),
  })

const countsDiffer = ({ name, rows, restored }: TableProof): Finding =>
  finding('CONTENT_MISMATCH', stage, `${name}: ${rows} rows in the backup, ${restored?.rows} restored`, {
    object: name,
  })

async function provePair(
  database: Database,
  { file, relation, partitionsBut }: Pair,
  request: Pick<ProofRequest, 'file' | 'depth' | 'early'>,
): Promise<{ proof: TableProof; remarks: Finding[]; suspect?: Suspect }> {
  const name = nameOf(file)
  const base = { name, rows: file.rows ?? 0, ...(file.sha256 !== undefined && { sha256: file.sha256 }) }
  // One that differs may have been taken too early.
  const early = partitionsBut ? undefined : await request.early?.of(file)
  const encoding = file.encoding ?? request.file.header.encoding
  const options = { columns: columnsOf(file, relation), encoding, ...(partitionsBut && { partitionsBut }) }
  const isUnordered = file.sha256 === undefined && file.rows !== undefined
  if (request.depth === 'fast' || (file.sha256 === undefined && !isUnordered) || relation.ofExtension) {
    const rows = early && early.rows === file.rows ? early.rows : await countRows(database, relation, partitionsBut)
    // An extension brings rows of its own.
    const equal = file.rows === undefined || (relation.ofExtension ? rows >= file.rows : rows === file.rows)
    return { proof: { ...base, rows: file.rows ?? rows, restored: { rows }, equal }, remarks: [] }
  }
  const sum = early?.sum && early.sum.sha256 === file.sha256 ? early.sum : await sumTable(database, relation, options)
  const restored = { rows: sum.rows, sha256: sum.sha256 }
  const remarks = sum.odd ? [sum.odd] : []
  if (sum.sha256 === file.sha256) return { proof: { ...base, restored, equal: true }, remarks }
  if (file.rows !== undefined && sum.rows !== file.rows) return { proof: { ...base, restored, equal: false }, remarks }
  return {
    proof: { ...base, restored },
    remarks,
    suspect: { file, relation, statement: copyStatement(relation, options) },
  }
}

const largestFirst = (pairs: readonly Pair[]): Pair[] =>
  [...pairs].sort((a, b) => b.file.bytes - a.file.bytes || (nameOf(a.file) < nameOf(b.file) ? -1 : 1))
