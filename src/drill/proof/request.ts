import type { Scratch } from '../engines/define.ts'
import type { Finding } from '../findings.ts'
import type { BackupClocks, TableProof } from '../record.ts'
import type { Expectations } from './expectations.ts'
import type { Inventory, QualifiedName } from './inventory.ts'

/** What the reader found of one table in the file. Several of one name are blocks of the same table. */
export interface FileTable extends QualifiedName {
  /** In the order of the COPY block; empty for a table without columns. */
  columns: readonly string[]
  rows: number
  /** SHA-256 of the lines of the COPY block, LF each; absent where the rows are INSERT statements. */
  sha256?: string
}

export interface FileSequence extends QualifiedName {
  /** As text: bigint. */
  lastValue: string
  isCalled: boolean
}

/** The part of a reading that the proof compares with the restored database. */
export interface FileFacts {
  tables: readonly FileTable[]
  /** Every `setval` of the file. */
  sequences: readonly FileSequence[]
  largeObjects: readonly { oid: string; bytes: number; sha256: string }[]
  /** `client_encoding` of the dump: UTF8, LATIN1 … */
  encoding?: string
  /** Major of the server the dump was made of. */
  major?: number
  /** Reads the COPY lines of one block again: for tables whose hash differs only by how values are written. */
  reread?(table: FileTable): AsyncIterable<Uint8Array>
}

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
  expectations: Expectations
  depth: 'fast' | 'full'
  baselines: readonly Baseline[]
  signal: AbortSignal
  /** Rows compared so far, of all. */
  progress?(done: number, total: number): void
}

/** What was proved of a restored database. */
export interface Proof {
  inventory: Inventory
  tables: TableProof[]
  findings: Finding[]
  /** What was looked at, with how many objects. */
  checks: Record<string, number>
  clocks: Pick<BackupClocks, 'watermark'>
  /** Milliseconds of each step. */
  steps: { name: string; durationMs: number }[]
}
