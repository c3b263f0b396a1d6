import type { z } from 'zod'
import type { Signer } from '../config/signer.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Evidence, Finding } from '../kernel/record.ts'
import type { SecretHit, Secrets } from '../kernel/secrets.ts'

/** What a check found. `STALE`, `NO_DATA` and `ERROR` are outcomes like any other: a check throws only on its own bugs. */
export interface Outcome {
  status: 'PASS' | 'FAIL' | 'ERROR' | 'NO_DATA' | 'STALE'
  reason?: string
  /** Small and printable; goes into tests.json after redaction. */
  details?: Record<string, unknown>
  findings?: Finding[]
  /** Why it could not be evaluated, for `retry.on`. */
  cause?: 'connect' | 'timeout' | 'http-5xx' | 'other'
  /** Milliseconds the other side asked to wait before another attempt (Retry-After). */
  retryAfterMs?: number
  /** Values that later checks read as `${checkId.name}`. */
  exports?: Record<string, unknown>
  /** Secrets of this run that the other side repeated in its answer: the gate is refused (exit 6) and its outputs withheld. */
  leaks?: SecretHit[]
  /** Equivalent commands for a person, secrets as $NAMES. */
  reproduce?: string[]
}

/** A database opened for reading: every query runs in its own read-only transaction with a statement timeout. */
export interface ReadOnlyDatabase {
  query(text: string, params: readonly unknown[]): Promise<{ columns: string[]; rows: Record<string, unknown>[] }>
  close(): Promise<void>
}

/** All that a check may know of the world. Checks read the world through this and nothing else. */
export interface CheckContext {
  /** `gate/check`. */
  id: string
  environment: { name: string; mode: 'test' | 'live'; baseUrl?: string; [key: string]: unknown }
  /** Absolute; relative paths in gate files resolve against it. */
  rootDir: string
  /** Epoch milliseconds at which this run began: the meaning of `newerThan: run.start`. */
  runStart: number
  clock: Clock
  /** Aborts on timeout, Ctrl-C and fail-fast. */
  signal: AbortSignal
  /** Environment variables with the embedded system's own laid over them; undefined when unset or empty. */
  variable(name: string): string | undefined
  /** All variables, for child processes: without the databases that live inside this one. */
  variables(): Record<string, string>
  secrets: Secrets
  /** Keeps a file of what was seen; redacted on the way. `name` is made safe and unique. */
  evidence(name: string, content: string | Uint8Array): Promise<Evidence>
  /** The commit that is judged, and the names and addresses of those who wrote it. */
  git: { sha?: string; authors: readonly string[] }
  /** Whose signatures count, by name. */
  signers: Readonly<Record<string, Signer>>
  /** Databases of the embedded system, by the URL it hands out (`pglite://embedded/app`). */
  embeddedDatabase(url: string): ReadOnlyDatabase | undefined
  /** Hosts that may be contacted under `--offline`: loopback and the services of the embedded system. */
  offline: boolean
  /** Shown as progress on a terminal, dropped in quiet mode. */
  progress(text: string): void
}

export interface CheckDefinition<Schema extends z.ZodType = z.ZodType> {
  type: string
  /** One line for `gatekit lint`, the docs and the editor. */
  summary: string
  /** Strict: unknown keys are errors, an empty `expect` is an error. */
  options: Schema
  /** A valid value of `options`, used by the contract test, the docs and `gatekit init`. */
  example: z.input<Schema>
  /** Words that begin templates which the check fills in itself, such as `event` for `${event.id}`; the engine leaves them alone. */
  templates?: readonly string[]
  run(options: z.output<Schema>, context: CheckContext): Promise<Outcome>
  /** Worlds, or wishes, in which this check must not pass; without it a world in which nothing is there. For `gatekit prove`. */
  sabotage?: Sabotage
}

/** A check as it is, in a world that was spoilt in one way, or with a wish that does not come true. */
export interface Twin {
  /** What was spoilt: `unreachable`, `wrong status` … */
  name: string
  /** Laid over the options of the check. */
  options?: Record<string, unknown>
  /** Laid over its world. */
  context?: Partial<CheckContext>
  /** Milliseconds until it is stopped, which is no pass; 10 s when absent. */
  limitMs?: number
}

/** What twins are made of; everything is gone after the check. */
export interface Saboteur {
  context: CheckContext
  /** An address on which nobody listens. */
  deadUrl: string
  /** An empty folder. */
  emptyDir: string
  /** A server that gives every request this answer. */
  answering(status: number, body?: string): Promise<string>
  /** Writes a file into the empty folder; its absolute path. */
  file(name: string, content: string | Uint8Array): Promise<string>
}

/** `options` are those of a check that has just passed, templates filled in and read by its schema. */
export type Sabotage = (options: Record<string, unknown>, saboteur: Saboteur) => Promise<Twin[]>

/** Makes a check type; one file under src/checks/ exports one. */
export const defineCheck = <Schema extends z.ZodType>(definition: CheckDefinition<Schema>): CheckDefinition<Schema> =>
  definition

export const pass = (details: Record<string, unknown> = {}): Outcome => ({ status: 'PASS', details })
export const fail = (reason: string, findings: Finding[], details: Record<string, unknown> = {}): Outcome => ({
  status: 'FAIL',
  reason,
  findings,
  details,
})
export const noData = (reason: string, details: Record<string, unknown> = {}): Outcome => ({
  status: 'NO_DATA',
  reason,
  details,
})
export const undecided = (
  reason: string,
  cause: NonNullable<Outcome['cause']> = 'other',
  details: Record<string, unknown> = {},
): Outcome => ({ status: 'ERROR', reason, cause, details })
