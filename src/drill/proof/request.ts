import type { Scratch } from '../engines/define.ts'
import type { BackupReading, RestoreItem } from '../reading/define.ts'
import type { EarlySums } from './early-sums.ts'
import type { Expectations } from './expectations.ts'
import type { Inventory, QualifiedName } from './inventory.ts'

/** The part of a reading that the proof compares with the restored database. */
export type FileFacts = Pick<BackupReading, 'tables' | 'sequences' | 'objects' | 'largeObjects' | 'header'>

/** Something to compare with: what a manifest, the live source or an earlier drill says. */
export interface Baseline {
  kind: 'manifest' | 'source' | 'previous'
  /** For people: `shop.manifest.json`, `the live source`, `the drill of 2026-01-05`. */
  label: string
  inventory: Inventory
  tables: readonly (QualifiedName & { rows: number; sha256?: string })[]
  /** Losses against it are findings when true, remarks when false. */
  binding: boolean
}

export interface ProofRequest {
  scratch: Scratch
  file: FileFacts
  /** Reads the backup once more, for tables whose hash differs: by how values are written, or really. */
  reread(): AsyncIterable<RestoreItem>
  expectations: Expectations
  depth: 'fast' | 'full'
  baselines: readonly Baseline[]
  signal: AbortSignal
  /** Sums that were taken while the backup was being restored. */
  early?: EarlySums | undefined
  /** Rows compared so far, of all. */
  progress?(done: number, total: number): void
}
