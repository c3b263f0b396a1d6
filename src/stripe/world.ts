import type { Clock } from '../kernel/clock.ts'
import type { Account, Accounts } from './accounts.ts'
import type { Registry } from './registry.ts'

/** An event as it is stored and delivered. */
export interface StripeEvent {
  readonly id: string
  readonly object: 'event' | 'v2.core.event'
  readonly type: string
  readonly [field: string]: unknown
}

/** What every part of the engine shares. */
export interface EngineWorld {
  registry: Registry
  accounts: Accounts
  clock: Clock
  publicUrl(): string
  /** Told of every event when it is stored; returns how many endpoints it is on its way to. */
  onEvent(account: Account, event: StripeEvent): number
  /** Sends a stored event again; false when there is no such event or endpoint. */
  onResend(account: Account, event: string, endpoint?: string): boolean
}
