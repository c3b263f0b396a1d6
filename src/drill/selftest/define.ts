import type { BackupReading, RestoreItem } from '../reading/define.ts'

/** One way in which a backup may be bad, made on a copy of a good one. */
export interface Mutation {
  id: string
  /** Completes "a copy …": `in which half of the rows of cards are missing`. */
  title: string
  /** What in a drill's configuration catches it; undefined where every drill must, whatever it is told. */
  catches?: string
}

/** Made of the steps that restore the backup; works for every format of PostgreSQL. */
export interface ContentMutation extends Mutation {
  kind: 'content'
  /** Changes one step into none, itself or several. What it never changes does not apply to this backup. */
  change(item: RestoreItem): RestoreItem[] | AsyncIterable<RestoreItem>
}

/** Made of the bytes of the file as it is stored. */
export interface BytesMutation extends Mutation {
  kind: 'bytes'
  /** The bytes of the bad copy. */
  change(bytes: Buffer): Buffer | Promise<Buffer>
}

/** The same bytes, with another time. */
export interface TimeMutation extends Mutation {
  kind: 'time'
  ageMs: number
}

export type AnyMutation = ContentMutation | BytesMutation | TimeMutation

export type MutationsOf = (reading: BackupReading) => AnyMutation[]

/** What the drill said of one bad copy. */
export interface Verdict {
  id: string
  title: string
  outcome: 'caught' | 'survived' | 'undecided' | 'does not apply'
  code?: string
  /** Phase of the drill that ended it. */
  stage?: string
  /** What would have caught a survivor. */
  wouldCatch?: string
  /** Every drill has to catch it, with no configuration at all. */
  always: boolean
  durationMs: number
}

export interface SelftestRecord {
  schema: 'drill-selftest/1'
  backup: { path: string; sha256: string }
  /** The drill of the untouched backup: without PASS nothing else means anything. */
  control: { status: string; code?: string; reason: string }
  verdicts: Verdict[]
  /** Caught, of those that apply and were judged. */
  caught: number
  judged: number
  durationMs: number
  exitCode: 0 | 1 | 3 | 6
}
