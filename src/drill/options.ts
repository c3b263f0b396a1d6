import type { Clock } from '../kernel/clock.ts'
import type { Secrets } from '../kernel/secrets.ts'
import type { EngineDefinition } from './engines/define.ts'
import type { DrillEvent } from './phases.ts'
import type { Recovery } from './physical/recovery.ts'
import type { Expectations } from './proof/expectations.ts'
import type { DecryptOptions } from './reading/define.ts'
import type { SelectOptions } from './select/define.ts'

export interface DrillOptions {
  /** Folder of the user's project; paths are relative to it. */
  rootDir: string
  env: NodeJS.ProcessEnv
  clock: Clock
  signal: AbortSignal
  secrets: Secrets
  tool: string
  select: SelectOptions
  decrypt: DecryptOptions
  allow: readonly string[]
  /** `auto` or the name of an engine; or an engine itself, for many drills on one server. */
  engine: string | EngineDefinition
  targetUrl?: string | undefined
  /** The live source: compared with, only ever read. */
  sourceUrl?: string | undefined
  /** A Redis that must answer and hold something; only asked. */
  redisUrl?: string | undefined
  /** Name of the database that the backup must be of. */
  database?: string | undefined
  depth: 'fast' | 'full'
  rtoMs?: number | undefined
  rpoMs?: number | undefined
  timeoutMs: number
  statementTimeoutMs: number
  expectations: Expectations
  /** Of a physical base backup. */
  recovery: Recovery
  /** Folder of the evidence; undefined writes none. */
  evidence?: { dir: string; validForMs: number; key?: string; binding?: boolean } | undefined
  onEvent(event: DrillEvent): void
}
