import { DrillStop, type Finding, finding } from '../../findings.ts'
import type { BackupReading } from '../../reading/define.ts'
import { placeKey } from '../../reading/mysql/inserts.ts'
import type { MysqlFacts } from '../../reading/mysql/writing.ts'
import type { TableProof } from '../../record.ts'
import type { SystemJob } from '../define.ts'
import type { ClientSettings } from './client.ts'
import { proveContent } from './content.ts'
import type { DumpSettings } from './dump.ts'
import { type MariadbDatabase, ofServer } from './inspect.ts'
import { scratch } from './server.ts'
import type { Pair } from './suspect.ts'

export interface TablesProof {
  tables: TableProof[]
  findings: Finding[]
}

type Restored = Pick<MariadbDatabase, 'tables' | 'views'>

/**
 * Every table of the dump against what was restored of it: the number of its rows, and at full depth the rows themselves. What cannot be
 * compared is told in a remark.
 */
export async function proveTables(
  restored: Restored,
  { depth, reading, backup }: Pick<SystemJob, 'reading' | 'backup'> & { depth: 'fast' | 'full' },
  settings: ClientSettings & { dump: string | undefined },
): Promise<TablesProof> {
  const facts = reading.private as MysqlFacts | undefined
  const { proofs, findings, pairs } = countRows(restored, reading, facts)
  if (depth === 'full' && facts && pairs.length > 0) {
    const dump = redumped(settings, facts)
    if (typeof dump === 'string') findings.push(remark(`only the number of rows was compared: ${dump}`))
    else
      await addContent(pairs, { proofs, findings }, { backup, facts, dump }).catch((error: unknown) => {
        if (!(error instanceof DrillStop) || error.finding.exit !== 0) throw error
        findings.push(error.finding)
      })
  }
  return { tables: [...proofs.values()], findings }
}

interface Counted {
  /** By the names that the evidence has. */
  proofs: Map<string, TableProof>
  findings: Finding[]
  /** Tables with as many rows as in the dump. */
  pairs: Pair[]
}

function countRows({ tables, views }: Restored, reading: BackupReading, facts: MysqlFacts | undefined): Counted {
  const found = new Map(tables.map((each) => [placeKey(each.database, each.nameThere), each]))
  const viewed = new Set(views.map(({ database, nameThere }) => placeKey(database, nameThere)))
  const proofs = new Map(tables.map(({ name, rows }): [string, TableProof] => [name, { name, rows }]))
  const counted: Counted = { proofs, findings: [], pairs: [] }
  for (const file of reading.tables) {
    const key = placeKey(file.database ?? scratch, file.name)
    const restored = found.get(key)
    // Old dumps make a table in the place of each view first.
    if (ofServer.includes(file.database ?? '') || restored?.isMerge || viewed.has(key)) continue
    const about = { object: file.name }
    if (!restored) {
      const message = `${file.name} has rows in the dump and is not there`
      counted.findings.push(finding('TABLE_MISSING', 'prove', message, about))
      continue
    }
    const { name, rows: there } = restored
    const { rows = there } = file
    const isChanged = facts?.changed.has(placeKey(file.database, file.name)) ?? false
    if (rows === there) counted.pairs.push({ file, restored })
    else if (isChanged)
      counted.findings.push(remark(`${name}: statements of the dump change rows that it has written`, name))
    else {
      const message = `${file.name}: ${rows} rows in the dump, ${there} restored`
      counted.findings.push(finding('CONTENT_MISMATCH', 'prove', message, about))
    }
    const verdict = rows === there || !isChanged ? { equal: rows === there } : {}
    proofs.set(name, { name, rows, restored: { rows: there }, ...verdict })
  }
  return counted
}

const remark = (message: string, object?: string): Finding =>
  finding('UNSUPPORTED', 'prove', message, { object, exit: 0 })

/** How the database is dumped again; a reason where that cannot be compared. */
function redumped(
  { dump, socket, user, env, signal }: Parameters<typeof proveTables>[2],
  { charset, hasHex, hasHistory }: MysqlFacts,
): DumpSettings | string {
  if (dump === undefined) return 'mariadb-dump is not installed on this machine'
  if (charset === undefined) return 'the charset of the dump changes, or cannot be read byte by byte'
  return { dump, socket, user, env, signal, writing: { charset, hasHex, hasHistory } }
}

async function addContent(
  pairs: readonly Pair[],
  { proofs, findings }: Pick<Counted, 'proofs' | 'findings'>,
  request: Parameters<typeof proveContent>[1],
): Promise<void> {
  for (const { file, restored } of pairs)
    if (file.sha256 === undefined)
      findings.push(remark(`${restored.name}: a row of it is too long to be compared`, restored.name))
  const compared = await proveContent(
    pairs.filter(({ file }) => file.sha256 !== undefined),
    request,
  )
  for (const [{ file, restored }, { sha256, finding: odd }] of compared) {
    const { name, rows } = restored
    if (odd) findings.push(odd)
    const isCounted = odd?.exit === 0
    proofs.set(name, {
      name,
      rows,
      ...(file.sha256 !== undefined && { sha256: file.sha256 }),
      restored: { rows, ...(!isCounted && { sha256 }) },
      equal: !odd || isCounted,
    })
  }
}
