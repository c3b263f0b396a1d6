import type { ProviderFlags } from '../config/flags.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { NotifyProvider } from '../providers/notify.ts'
import type { ShadowLog } from '../providers/shadow.ts'
import type { StripeProvider } from '../providers/stripe.ts'
import type { AuditCopy } from './audit/copy.ts'
import type { Database } from './db/database.ts'
import type { MeteringSettings } from './metering/tenants.ts'
import type { PaypalApi } from './provider/paypal-api.ts'
import type { StripeApi } from './provider/stripe-api.ts'
import type { RedisLink } from './redis.ts'
import type { Paypal } from './webhooks/paypal-verify.ts'

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
  /** Stripe for payments and subscriptions; absent in mock mode. */
  stripeApi?: StripeApi
  /** Absent: PayPal's webhooks are refused. */
  paypal?: Paypal
  /** PayPal for orders and refunds. */
  paypalApi?: PaypalApi
  redis?: RedisLink
  /** Active signing secrets of the webhook endpoint; two while one is being rolled. */
  webhookSecrets: readonly string[]
  /** Further tenants with webhooks of their own, and their signing secrets. */
  tenants?: ReadonlyMap<string, readonly string[]>
  /** Where customers come back to. */
  publicUrl: string
  /** What provider keys are encrypted with; without it none is kept. */
  configKey?: string
  /** Usage metering of tenants; absent: it is off. */
  metering?: MeteringSettings
  /** A copy of the audit log outside the database. */
  auditCopy?: AuditCopy
  /** Bearer token of the administration routes; they answer 404 without one. */
  adminToken?: string
  /** Paths of outbox files are told relative to this folder. */
  rootDir: string
  build: { version: string; sha?: string }
  /** `production` and so on, for the status page. */
  environment?: string
  /** Why this process must not take money; it then answers 503 to everything but questions about itself. */
  problems?: readonly string[]
  /** Pause between looks for mail and refreshes that are still to do, in milliseconds; absent: only when an event comes. */
  drainMs?: number
  /** Which defect this process was started with on purpose. */
  mutant?: string
}
