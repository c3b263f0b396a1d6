/** Changes to an environment: text sets a variable, undefined removes it. */
export type EnvironmentChanges = Record<string, string | undefined>

/** What a target process is started with, made from the contract by `supplyTarget`. */
export interface Supplies {
  /** What the gate itself adds to the target's environment: secrets and API bases under their declared names. */
  env: EnvironmentChanges
  /** Signing secrets in the order in which they stand in the variable; the first is what genuine events are signed with. */
  stripeSecrets: string[]
  stripeApiKey?: string
  /** Signing secret of the second tenant's webhook, where the contract has one. */
  otherTenantSecret?: string
  paypalWebhookId?: string
  /** Every secret value by the name of its variable, for searches in what the target lets out. */
  secrets: { name: string; value: string }[]
}

export interface StartOptions {
  supplies?: Supplies
  /** The probe's own changes, over everything else. */
  env?: EnvironmentChanges
  /**
   * True (default): resolves when the target is ready, throws when it does not get there. False: the target may be wrongly configured
   * on purpose; resolves as soon as it is ready, has ended, or answers without being ready.
   */
  expectReady?: boolean
  /**
   * Milliseconds until giving up on readiness; by default the contract's `ready_ms`, and where readiness is not expected 3 s, four times
   * the longest start so far, or 20 s as long as nothing listens. What answers that it is not ready is given three times the last start.
   */
  readyMs?: number
  signal?: AbortSignal
}

/** `not-ready`: it listens and says so; `silent`: it lives, and nothing listens on its port. */
export type TargetState = 'starting' | 'ready' | 'not-ready' | 'silent' | 'exited' | 'stopped'

/** A running backend, in a process group of its own, or one that somebody else runs. */
export interface Target {
  readonly baseUrl: string
  /** False where the contract has no `start`: then kill9, stop and restart are not to be called. */
  readonly owned: boolean
  readonly state: TargetState
  readonly pid: number | undefined
  /** How the process ended, while it is not running. */
  readonly exit: { code: number | null; signal: string | null } | undefined
  /** Milliseconds that the last start took until readiness. */
  readonly startMs: number
  /** What it wrote to stdout and stderr since the first start, restarts included; the middle is left out where it is too long. */
  output(): string
  /** Asks once whether it is ready (2xx from `ready`, or an open port). */
  isReady(): Promise<boolean>
  /** Resolves to whether it got ready in time. */
  waitReady(ms?: number): Promise<boolean>
  /** SIGKILL to all of it, at once; resolves when nothing of it runs. */
  kill9(): Promise<void>
  /** SIGTERM, and SIGKILL after a while. Ends everything that the start brought to life. Called twice it does nothing. */
  stop(): Promise<void>
  /** Starts it again after kill9 or stop, or stops it first. `env` replaces the probe's own changes of the start. */
  restart(options?: Pick<StartOptions, 'env' | 'expectReady' | 'readyMs'>): Promise<void>
}
