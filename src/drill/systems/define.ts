import type { DrillState } from '../flow.ts'
import type { Lease } from '../lease/lease.ts'
import type { BackupEngine, BackupReading } from '../reading/define.ts'

/** What the drill of a system other than PostgreSQL has in its hands. */
export interface SystemJob {
  state: DrillState
  lease: Lease
  reading: BackupReading
  /** Own folder of this drill, which is removed afterwards whatever happens. */
  scratchDir: string
  /** The backup without encryption and compression, inside `scratchDir`: a file, or a folder where the backup is one. */
  backup: string
}

export interface SystemDefinition {
  name: Exclude<BackupEngine, 'postgres'>
  summary: string
  /** Restores into a server of its own and proves what came back: phases, findings and evidence go into `state`. */
  drill(job: SystemJob): Promise<void>
}

/** Makes the drill of a database system; one file under src/drill/systems/ exports one. */
export const defineSystem = (definition: SystemDefinition): SystemDefinition => definition
