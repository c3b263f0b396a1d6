import { readdir } from 'node:fs/promises'
import { previousBaseline } from './evidence/history.ts'
import { writeEvidence } from './evidence/write.ts'
import type { DrillState } from './flow.ts'
import type { DrillOptions } from './options.ts'
import type { Inventory } from './proof/inventory.ts'
import type { Baseline } from './proof/request.ts'
import type { DrillRecord } from './record.ts'

/** Writes the evidence as the last phase; `record` is asked once more for what this phase itself adds. */
export async function saveEvidence(
  { phases, proven, options }: DrillState,
  record: () => DrillRecord,
  { dir, validForMs, key }: NonNullable<DrillOptions['evidence']>,
): Promise<void> {
  await phases.run('evidence', async (note) => {
    const written = await writeEvidence({
      dir,
      record: record(),
      ...(proven && { proven }),
      validForMs,
      ...(key !== undefined && { key }),
      secrets: options.secrets,
    })
    note(
      `${(await readdir(dir)).filter((name) => name.startsWith('drill-')).length} drills, good until ${written.evidence.validUntil}`,
    )
  })
}

/** The last drill that passed, of the same database. */
export async function readPrevious(options: DrillOptions, inventory: Inventory): Promise<Baseline | undefined> {
  if (!options.evidence) return undefined
  const { dir, key, binding = false } = options.evidence
  return previousBaseline(dir, inventory, { binding, ...(key !== undefined && { key }) })
}
