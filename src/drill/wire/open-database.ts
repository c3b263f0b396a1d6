import type { Duplex } from 'node:stream'
import type { ClientConfig, CustomTypesConfig, QueryConfig } from 'pg'
import { Client } from '../../kernel/postgres-client.ts'
import { type Database, DatabaseError, type Row } from '../engines/define.ts'
import { stop } from '../findings.ts'
import { CopyIn } from './copy-in.ts'
import { CopyOut } from './copy-out.ts'
import { toDatabaseError } from './server-error.ts'

export interface OpenSettings {
  host?: string
  port?: number
  user: string
  password?: string
  database: string
  ssl?: ClientConfig['ssl']
  /** A connected stream instead of host and port. */
  stream?: Duplex
  /** Milliseconds after which an operation without any progress ends the session: TIMEOUT. */
  timeoutMs: number
  /** Milliseconds that the first answer may take; an engine that has yet to start needs more than a network. */
  connectMs?: number
  /** `-c` settings of the session. */
  options?: string
  signal: AbortSignal
}

const text = { getTypeParser: () => (value: string) => value } as unknown as CustomTypesConfig

/** A session over PostgreSQL's wire protocol, one operation at a time. Throws what connecting throws, as DatabaseError where the server spoke. */
export async function openDatabase(settings: OpenSettings): Promise<Database> {
  const { timeoutMs, connectMs = 30_000, signal, stream, ...config } = settings
  const client = new Client({
    ...config,
    // Everything is given: nothing may come from PG… variables of the user's environment, which name another server.
    password: config.password ?? '',
    connectionTimeoutMillis: connectMs,
    application_name: 'gatekit drill',
    types: text,
    ...(stream && { stream: () => stream }),
  })
  client.on('error', () => {})
  let cut: unknown
  let isOpen = false
  const end = (reason: unknown) => {
    cut ??= reason
    client.connection.stream.destroy()
  }
  /** Nothing waits for ever: a server that says nothing is left, and the reason told instead of "connection terminated". */
  const guarded = async <T>(work: () => Promise<T>, limitMs = timeoutMs): Promise<T> => {
    signal.throwIfAborted()
    const timer = setTimeout(
      () => end(stop('TIMEOUT', 'restore', `the engine gave no answer for ${limitMs / 1000} s`)),
      limitMs,
    )
    const onAbort = () => end(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      return await work()
    } catch (error) {
      throw cut ?? (isOpen ? diedOr(toDatabaseError(error)) : unreachable(error))
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
    }
  }
  await guarded(() => client.connect(), connectMs + 1_000)
  isOpen = true
  return {
    query: (sql, params = []) =>
      guarded(async () => {
        const one: QueryConfig & { queryMode: 'extended' } = {
          text: sql,
          values: params.map(asText),
          queryMode: 'extended',
        }
        const { rows } = await client.query<Row>(one)
        return rows
      }),
    exec: (sql) =>
      guarded(async () => {
        await client.query(sql)
      }),
    async *copyOut(sql) {
      const chunks = client.query(new CopyOut(sql)).chunks()
      try {
        for (;;) {
          const next = await guarded(() => chunks.next())
          if (next.done) return
          yield next.value
        }
      } finally {
        await chunks.return(undefined)
      }
    },
    async copyIn(sql) {
      const copy = client.query(new CopyIn(sql))
      const sink = await guarded(() => copy.opened())
      return {
        write: (chunk) => guarded(() => sink.write(chunk)),
        end: () => guarded(() => sink.end()),
        abort: () => guarded(() => sink.abort()),
      }
    },
    async close() {
      if (cut) return
      // The server is told, and nobody waits until its process has ended.
      const late = setTimeout(() => client.connection.stream.destroy(), 2_000)
      void client
        .end()
        .catch(() => {})
        .then(() => clearTimeout(late))
    },
  }
}

/** Another session at a server that gave one before: when nobody answers now, it has ended. */
export const openAnother = (settings: OpenSettings): Promise<Database> =>
  openDatabase(settings).catch((error: unknown) => {
    throw diedOr(error)
  })

const asText = (value: string | number | boolean | null): string | null => (value === null ? null : String(value))

/** Where a name has several addresses, Node tells of each of them and says nothing itself. */
function unreachable(error: unknown): unknown {
  const told = toDatabaseError(error)
  if (told instanceof DatabaseError || !(error instanceof AggregateError)) return told
  return error.errors[0] ?? error
}

/** A session that breaks while nobody asked it to: the server is gone. */
function diedOr(error: unknown): unknown {
  if (error instanceof DatabaseError) {
    // Shutdown, crash recovery: the engine ended, whatever the statement was.
    const { code = '' } = error.fields
    return /^57P0[123]$/.test(code) ? died(error) : error
  }
  const { code, message } = error as NodeJS.ErrnoException
  const isGone =
    /^(?:ECONNRESET|EPIPE|ECONNREFUSED|ERR_STREAM_DESTROYED|ERR_STREAM_WRITE_AFTER_END)$/.test(code ?? '') ||
    /^(?:Connection terminated|Client has encountered a connection error|Client was closed)/.test(message ?? '')
  return isGone ? died(error) : error
}

const died = (cause: unknown) =>
  stop('ENGINE_DIED', 'restore', 'the scratch server ended in the middle of the drill', {}, { cause })
