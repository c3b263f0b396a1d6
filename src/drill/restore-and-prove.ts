import type { Scratch } from './engines/define.ts'
import { reusingSessions } from './engines/reuse.ts'
import type { DrillState } from './flow.ts'
import { megabytes } from './preflight.ts'
import { EarlySums } from './proof/early-sums.ts'
import { proveDatabase } from './prove-database.ts'
import type { Job } from './provision.ts'
import { remarks, restore } from './restore.ts'

/** Restores the backup into the scratch server that is there, and proves what came of it. */
export async function restoreAndProve(state: DrillState, job: Job, scratch: Scratch): Promise<void> {
  const { options, phases, findings, evidence } = state
  const { reading, database } = job
  const { encoding } = reading.header
  const early = scratch.sessions > 1 ? new EarlySums(scratch, encoding, options.depth) : undefined
  try {
    const report = await phases.run('restore', async (note) => {
      const loaded = await reusingSessions(scratch, (reused) => restore(job, reused, early))
      note(`${loaded.statements} statements, ${loaded.rows} rows, ${megabytes(loaded.bytes)}`)
      return loaded
    })
    evidence.largeObjects += report.largeObjects
    findings.push(...report.findings, ...remarks(report, reading))
    if (report.findings.some(({ exit }) => exit !== 0)) return
    // In sessions that are new: what the backup has set for its database counts from their beginning.
    await reusingSessions(scratch, (reused) => proveDatabase(state, reused, reading, { database, early }))
  } finally {
    await early?.close()
  }
}
