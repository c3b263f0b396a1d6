import type { ProviderFlags } from '../config/flags.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { NotifyProvider } from '../providers/notify.ts'
import type { ShadowLog } from '../providers/shadow.ts'
import type { StripeProvider } from '../providers/stripe.ts'
import type { Database } from './db/database.ts'

/** What the parts of the backend work with; made once at start-up. */
export interface Backend {
  flags: ProviderFlags
  clock: Clock
  database: Database
  outbox: Outbox
  stripe: StripeProvider
  /** With shadow calls on: the provider whose answers are compared and thrown away. */
  shadowStripe?: StripeProvider
  shadowLog?: ShadowLog
  notify: NotifyProvider
  /** Active signing secrets of the webhook endpoint; two while one is being rolled. */
  webhookSecrets: readonly string[]
  /** Where customers come back to. */
  publicUrl: string
  /** Bearer token of the administration routes; they answer 404 without one. */
  adminToken?: string
  /** Paths of outbox files are told relative to this folder. */
  rootDir: string
  build: { version: string; sha?: string }
}
