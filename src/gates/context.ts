import type { ReadOnlyDatabase } from '../checks/define.ts'
import type { Clock } from '../kernel/clock.ts'
import type { CheckRecord, FlagRecord, GateRecord } from '../kernel/record.ts'
import type { Secrets } from '../kernel/secrets.ts'
import type { RunEvent } from './events.ts'
import type { Identify } from './identity.ts'
import type { Plan } from './plan.ts'
import type { Project } from './project.ts'
import type { RunHeader } from './record.ts'
import type { Resume } from './resume.ts'
import type { Scheduler } from './scheduler.ts'
import type { GitFacts, RunFacts } from './scope.ts'

/** What the caller knows of the world that the gates judge. */
export interface RunContext {
  /** Environment variables with those of the embedded system laid over them. */
  variables: Record<string, string | undefined>
  secrets: Secrets
  /** Addresses of what runs embedded; absent for what does not. */
  services?: RunFacts['services']
  flags: readonly FlagRecord[]
  git: GitFacts
  /** The command line as typed, for the record. */
  command: string
  offline?: boolean
  /** Why there is nothing to judge; the run is recorded as one in which no check could begin. */
  unready?: string
  embeddedDatabase?(url: string): ReadOnlyDatabase | undefined
}

export interface RunOptions {
  project: Project
  plan: Plan
  context: RunContext
  onEvent?: (event: RunEvent) => void
  /** Aborts on Ctrl-C. */
  signal?: AbortSignal
  /** Start nothing more after the first required check that is not in order. */
  failFast?: boolean
  /** Default: as the environment says, and true where it is protected. */
  failOnFlaky?: boolean
  /** Passes of an earlier run that need not be run again. */
  resume?: Resume
  clock?: Clock
  scheduler?: Scheduler
  /** From 0 to 1; for ids and jitter. */
  random?: () => number
  identify?: Identify
}

/** A run under way: what its gates share. */
export interface RunState {
  project: Project
  plan: Plan
  context: RunContext
  facts: RunFacts
  header: RunHeader
  results: Map<string, CheckRecord>
  exports: Map<string, Record<string, unknown>>
  done: Map<string, GateRecord>
  notes: string[]
  /** Why nothing more is started: fail-fast, or a target that is the wrong one. */
  halted: string | undefined
  failFast: boolean
  failOnFlaky: boolean
  resume: Resume | undefined
  emit(event: RunEvent): void
  clock: Clock
  scheduler: Scheduler
  random: () => number
}
