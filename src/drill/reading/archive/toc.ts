/** One entry of an archive's table of contents, as `pg_dump` 9.3 to 18 write it. */
export interface TocEntry {
  dumpId: number
  /** Data of its own stands in the archive. */
  hasData: boolean
  tag: string
  /** TABLE, TABLE DATA, BLOBS, ACL … */
  desc: string
  /** Statements that make it; may be several, or only comments. */
  definition: string
  drop: string
  /** `COPY … FROM stdin;` of TABLE DATA; empty where its rows are INSERT statements. */
  copy: string
  schema: string | undefined
  tablespace: string | undefined
  accessMethod: string | undefined
  owner: string
  /** `r`, `p` for a partitioned table …; only in archives of version 1.16. */
  relationKind: string | undefined
  /** Entry that it belongs to: of privileges, what they are on. */
  dependsOn: number | undefined
  /** Custom format: where its data begins; undefined when the archive was written to a pipe. */
  offset: number | undefined
  /** Directory and tar: file of its data. */
  file: string | undefined
}

export type Compression = 'none' | 'gzip' | 'lz4' | 'zstd'

export interface ArchiveHeader {
  /** 1.14 is 114. */
  version: number
  compression: Compression
  /** `custom` has data in the same file; `files` is written for directories and tar. */
  layout: 'custom' | 'files'
  intBytes: number
  offsetBytes: number
  /** Local time of the machine that ran pg_dump, without zone. */
  created: string | undefined
  database: string
  serverVersion: string
  dumpVersion: string
}

export interface Archive {
  header: ArchiveHeader
  entries: TocEntry[]
  /** Where the data begins. */
  end: number
}

export const versionName = (version: number): string => `${Math.floor(version / 100)}.${version % 100}`
