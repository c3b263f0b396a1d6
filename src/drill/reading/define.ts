import type { Finding } from '../findings.ts'

export type BackupEngine = 'postgres' | 'mysql' | 'sqlite' | 'redis'

/** What is inside once compression and encryption are taken off. `base` is a physical base backup of PostgreSQL. */
export type BackupFormat = 'plain' | 'custom' | 'directory' | 'tar' | 'base' | 'sqlite' | 'rdb' | 'aof'

/** Encryption and compression around a backup, the outermost first. */
export type Wrapper = 'gzip' | 'zstd' | 'lz4' | 'age' | 'gpg'

/** Facts of a backup's own header; all as written there, absent where it does not say. */
export interface BackupHeader {
  /** Name of the database; pg_dumpall and most plain dumps do not say. */
  database?: string
  /** `15.14`; of MariaDB `10.11.6-MariaDB`. */
  serverVersion?: string
  serverMajor?: number
  /** Of pg_dump, mariadb-dump … */
  dumpVersion?: string
  dumpMajor?: number
  /** ISO without zone where the format records local time, with `Z` or an offset where it does not. */
  created?: string
  /** client_encoding by PostgreSQL's name: COPY data and statements are in it. `UTF8` unless the dump says otherwise. */
  encoding: string
  /** Locale that CREATE DATABASE asks for (`pg_dump -C`, pg_dumpall, archives). */
  locale?: string
  /** Archive version: `1.15`. */
  archiveVersion?: string
}

/**
 * A table's data. `sha256` is of the stream that COPY FROM reads and COPY TO writes, line ends as LF, without the `\.` line; of MySQL it is
 * of the rows with their parentheses, one behind the other.
 */
export interface TableReading {
  /** Only in pg_dumpall files. */
  database?: string
  schema: string
  name: string
  /** As the dump lists them; empty where it lists none: then all that are not generated. */
  columns: string[]
  /** undefined where the data's format does not tell (COPY in csv). */
  rows: number | undefined
  /** undefined where rows are INSERT statements that are more than literals, or COPY in another format than text. */
  sha256: string | undefined
  /** Bytes of the stream that the SHA-256 is of. */
  bytes: number
  /** More than one where partitions were dumped through their root: then the order of rows is not the table's. */
  blocks: number
  style: 'copy' | 'insert'
  /** client_encoding of its rows, where that is not the header's: of several dumps in one file. */
  encoding?: string
  /** Line of the plain dump where its data begins, from 1. */
  line?: number
}

/** What one statement makes or changes: `TABLE public.cards`, `CONSTRAINT cards cards_pkey`. */
export interface ObjectReading {
  database?: string
  /** As pg_dump names them: TABLE, INDEX, CONSTRAINT, FK CONSTRAINT, TRIGGER, VIEW, MATERIALIZED VIEW, FUNCTION, TYPE, SEQUENCE, ACL … */
  type: string
  schema?: string
  name: string
  /** Table of an index, constraint, trigger, rule or policy. */
  table?: string
  owner?: string
}

export interface SequenceReading {
  database?: string
  schema: string
  name: string
  value: string
  isCalled: boolean
}

/** Large objects of a backup. */
export interface LargeObjectsReading {
  count: number
  bytes: number
  oids: string[]
  /** Sum over their contents (ObjectDigest); absent where statements fill them that are not those of pg_dump. */
  digest?: string
}

export interface BackupReading {
  engine: BackupEngine
  format: BackupFormat
  wrappers: Wrapper[]
  /** Path as given to readBackup. */
  path: string
  /** Of the stored file; of a folder: of the lines `<sha256>  <name>\n` of its files, sorted by name. */
  sha256: string
  /** Bytes as stored, and once everything around it is taken off: the space that a restore needs is a multiple of the latter. */
  bytes: number
  plainBytes: number
  header: BackupHeader
  /** `pg_dump`, `pg_dumpall`, `mariadb-dump`, … ; `sql` for text that says nothing of itself. */
  tool: string
  /** pg_dumpall: the databases in it. Else at most the one of header.database. */
  databases: string[]
  tables: TableReading[]
  objects: ObjectReading[]
  sequences: SequenceReading[]
  largeObjects: LargeObjectsReading
  /** Roles that must exist before: owners, grantees, SET ROLE; sorted, without PUBLIC and pg_… */
  roles: string[]
  extensions: string[]
  tablespaces: string[]
  /** What statements need that a plain server of this engine may not have, besides extensions: `language plpython3u`. */
  needs: string[]
  /** Redis: keys by database and type; keys with a time to live, and the latest of them. */
  keys?: KeyReading[]
  findings: Finding[]
  /** How openStatements finds its way; not for others, not in evidence. */
  private: unknown
}

export interface KeyReading {
  database: number
  keys: number
  types: Record<string, number>
  /** Keys with a time to live; `expired`: those that had run out when the backup was read. */
  expiring: number
  expired: number
}

/** Why a restore into a scratch database leaves a statement out. */
export type SkipReason =
  /** Roles are made by the drill, without login and password. */
  | 'role'
  /** Tablespaces are folders outside scratch. */
  | 'tablespace'
  /** The scratch database exists, under another name. */
  | 'database'
  /** Statements are handed over as text, COPY data names its encoding. */
  | 'encoding'
  /** Would connect to another server. */
  | 'subscription'

/** One step of a restore. Data must be read, or given up with `return`, before the next step is asked for. */
export type RestoreItem = StatementItem | CopyItem | LargeObjectItem | ConnectItem

export interface StatementItem {
  kind: 'statement'
  /** SQL with its semicolon, decoded; may span lines. */
  sql: string
  /** What it does, without any value of a row: `CREATE TABLE public.cards`. */
  what: string
  object?: ObjectReading
  /** Line of the plain dump, from 1. */
  line?: number
  skip?: SkipReason
  /** May fail on an empty database and means nothing there: DROP of `--clean`, CREATE SCHEMA public. */
  optional?: true
  /** Needs the engine's superuser: CREATE EXTENSION, COMMENT ON EXTENSION, event triggers … */
  privileged?: true
}

export interface CopyItem {
  kind: 'copy'
  /** `COPY public.cards (id, name) FROM STDIN`, with an ENCODING option where the dump is not UTF-8; for rows of INSERT statements too. */
  sql: string
  table: TableReading
  /** Line of the first row in a plain dump, from 1. */
  line?: number
  /** Text format, LF, without the `\.` line. Chunks end anywhere. */
  data: AsyncIterable<Buffer>
  /** Data may be read later, more than once, and beside other data. */
  isApart?: true
}

/** Makes a large object and fills it; no statement has made it before. */
export interface LargeObjectItem {
  kind: 'largeObject'
  oid: string
  data: AsyncIterable<Buffer>
}

/** From here on statements are for another database (pg_dumpall). */
export interface ConnectItem {
  kind: 'connect'
  database: string
}

/** Keys are given as files or names of environment variables, never as values. */
export interface KeySource {
  file?: string
  env?: string
}

export interface DecryptOptions {
  /** File with `AGE-SECRET-KEY-…` lines, or the variable that holds one. */
  ageIdentity?: KeySource
  agePassphrase?: KeySource
  /** Exported secret key. */
  gpgKey?: KeySource
  gpgPassphrase?: KeySource
}

export interface ReadOptions {
  env?: NodeJS.ProcessEnv
  decrypt?: DecryptOptions
  /** Kinds of hostile statements that are declared as known: `FOREIGN SERVER`, … as findings name them in `object`. */
  allow?: readonly string[]
  signal?: AbortSignal
  /** Bytes of the stored file that were read so far. */
  onProgress?: (doneBytes: number, totalBytes: number) => void
  /** Told once of a dump of one PostgreSQL database, while its rows are still to be read: nothing is wrong with what stands before them. */
  onHead?: (header: BackupHeader) => void
}

export interface OpenOptions extends ReadOptions {
  /** Of a pg_dumpall file: only this database. */
  database?: string
}
