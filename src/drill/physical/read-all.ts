import { DatabaseError, type Scratch } from '../engines/define.ts'
import { type Finding, finding } from '../findings.ts'
import { nameOf } from '../proof/inventory.ts'
import { readInventory } from '../proof/read-inventory.ts'
import { copyStatement, prepareStream, sumStream } from '../proof/stream.ts'
import type { TableProof } from '../record.ts'

/**
 * Reads every row of every table, the oversized values too. There is no dump to compare them with, but a page that is damaged or missing
 * cannot be read, whatever a manifest says of the file; and the sums tell two drills of the same backup apart.
 */
export async function readAll(scratch: Scratch): Promise<{ tables: TableProof[]; findings: Finding[] }> {
  const session = await scratch.superuser()
  const tables: TableProof[] = []
  const findings: Finding[] = []
  try {
    await prepareStream(session)
    const { relations } = await readInventory(session)
    for (const relation of relations.filter(({ kind }) => kind === 'table')) {
      const name = nameOf(relation)
      try {
        const statement = copyStatement(relation, {})
        const { rows, sha256 } = await sumStream(session.copyOut(statement))
        tables.push({ name, rows, restored: { rows, sha256 } })
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error
        findings.push(finding('CORRUPT', 'prove', `${name} cannot be read: ${error.message}`, { object: name }))
      }
    }
    return { tables, findings }
  } finally {
    await session.close()
  }
}
