import type { Finding, FindingCode } from './findings.ts'

/** The phases of a drill, in their order. */
export const phaseNames = [
  'sweep',
  'select',
  'read',
  'preflight',
  'provision',
  'restore',
  'prove',
  'check',
  'probe',
  'cleanup',
  'evidence',
] as const
export type PhaseName = (typeof phaseNames)[number]

export interface PhaseRecord {
  name: PhaseName
  status: 'done' | 'failed' | 'skipped'
  startedAt: string
  durationMs: number
  /** One line for people: `9 tables, 41 210 rows`. */
  note?: string
}

export type DrillStatus = 'PASS' | 'FAIL' | 'COULD_NOT_VERIFY' | 'REFUSED'

/** Times of a backup in ISO; which one counts is the budget's business. */
export interface BackupClocks {
  /** Read out of the file's name. */
  name?: string
  mtime?: string
  /** From the header of the archive or the dump. */
  header?: string
  /** The newest value of the declared column in the restored data. */
  watermark?: string
}

export interface BackupFacts {
  path: string
  /** Where links led to. */
  realPath?: string
  sha256: string
  bytes: number
  /** `postgres plain`, `postgres custom`, `mysql plain` … */
  format: string
  database?: string
  serverVersion?: string
  dumpVersion?: string
  clocks: BackupClocks
}

export interface EngineFacts {
  /** Name of the engine's file: pglite, embedded, local, given. */
  kind: string
  /** Full version: `15.13`, `18.3`. */
  version: string
  /** Whether this is the major version the backup was made of; null when the backup does not say. */
  sameMajor: boolean | null
  /** Whether two proofs differ: `same-version` or `portability`. */
  proof: 'same-version' | 'portability' | 'unknown'
  /** Why this engine and no other: what `auto` found. */
  chosen: string
}

/** One table: rows and SHA-256 of its COPY stream, in the file and in the database; of MariaDB, of its rows as INSERT statements have them. */
export interface TableProof {
  name: string
  rows: number
  /** Absent where the rows were only counted. */
  sha256?: string
  restored?: { rows: number; sha256?: string }
  /** absent: not compared. */
  equal?: boolean
}

/** What the comparison of tables came to: those that were hashed are the same byte for byte, of others only rows were counted. */
export function comparedText(tables: readonly TableProof[]): string {
  const equal = tables.filter((table) => table.equal)
  const hashed = equal.filter(({ restored }) => restored?.sha256 !== undefined).length
  const counted = equal.length - hashed
  return [
    ...(hashed > 0 ? [`${hashed} of ${tables.length} tables byte for byte`] : []),
    ...(counted > 0 ? [`${counted} of ${tables.length} tables by the number of their rows`] : []),
  ].join(', ')
}

/** What the source was before and after, read in read-only transactions; equal means that the drill did not touch it. */
export interface SourceFingerprint {
  /** SHA-256 over the catalogue, the row counters and sequences of the source. */
  sha256: string
  /** Identity of the cluster and of the database: `<system identifier>/<oid>`. */
  identity: string
  at: string
}

export interface DrillRecord {
  schema: 'drill/1'
  drillId: string
  tool: string
  status: DrillStatus
  exitCode: 0 | 1 | 3 | 6
  /** Of the finding that decided; absent on PASS. */
  code?: FindingCode
  stage?: string
  object?: string
  /** One sentence: why the verdict is what it is. */
  reason: string
  startedAt: string
  finishedAt: string
  durationMs: number
  depth: 'fast' | 'full'
  phases: PhaseRecord[]
  findings: Finding[]
  /** Milliseconds of provision + restore + analyse + first assertion, against what was allowed. */
  rto?: { ms: number; budgetMs?: number }
  /** Age of the data in milliseconds by the worst clock, against what was allowed. */
  rpo?: { ms: number; clock: keyof BackupClocks; budgetMs?: number }
  evidence: {
    backup?: BackupFacts
    engine?: EngineFacts
    tables: TableProof[]
    rows: number
    roles: string[]
    extensions: string[]
    largeObjects: number
    /** What was checked, with how many objects: `sequences: 4`. */
    checks: Record<string, number>
    source?: { before: SourceFingerprint; after?: SourceFingerprint; unchanged?: boolean }
    /** What an earlier drill had left and this one removed. */
    swept: string[]
  }
}
