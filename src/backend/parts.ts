import { appendAudit } from './audit/append.ts'
import type { Item } from './catalogue.ts'
import { redirectOf } from './checkout/redirect.ts'
import { testConnection } from './connection/ask.ts'
import { seal } from './connection/seal.ts'
import { collect, identifierOf } from './metering/collect.ts'
import { mapCustomer, mapMeter } from './metering/mappings.ts'
import { scopeOf } from './metering/routes.ts'
import { sendBatch, sentOf } from './metering/send.ts'
import { successRate } from './metering/status.ts'
import { openBatches } from './metering/sync.ts'
import { claimEvent } from './payments/claim.ts'
import { grantCards, queueReceipt, recordPurchase, setCards } from './payments/goods.ts'
import { factsOfPaypal } from './payments/paypal-facts.ts'
import { standingOf } from './payments/standing.ts'
import { factsOfStripe } from './payments/stripe-facts.ts'
import { readProduct } from './products/read.ts'
import { takeProduct } from './products/sync.ts'
import type { Backend } from './settings.ts'
import { isNews } from './subscriptions/news.ts'
import { checkPaypal } from './webhooks/check-paypal.ts'
import { checkStripe, type Refusal } from './webhooks/check-stripe.ts'
import type { StripeEvent } from './webhooks/stripe-event.ts'

/**
 * The decisions that money hangs on, each a function of its own. The backend reaches them through this record only, so that a test of a
 * gate can put a wrong one in the place of a right one and see whether the gate notices.
 */
export const referenceParts = {
  checkStripe: checkStripe as (
    ...of: Parameters<typeof checkStripe>
  ) => Refusal | undefined | Promise<Refusal | undefined>,
  checkPaypal,
  factsOfStripe,
  factsOfPaypal,
  claimEvent,
  /** Money of the other mode is not ours: a live event in test mode, a test event in live mode. */
  isOurMode: (event: StripeEvent, backend: Backend): boolean => event.livemode === (backend.stripe.mode === 'live'),
  standingOf,
  isNews,
  isPriceOf: (item: Item, charged: { amount?: number | undefined; currency?: string | undefined }): boolean =>
    charged.amount === item.amount && charged.currency === item.currency,
  recordPurchase,
  grantCards,
  setCards,
  queueReceipt,
  appendAudit,
  redirectOf,
  /** Whose event it is: of the tenant to whose webhook it came, with that tenant’s signature. */
  tenantOf: (named: string | undefined, _event: StripeEvent): string | undefined => named,
  seal,
  testConnection,
  readProduct,
  takeProduct,
  mapMeter,
  mapCustomer,
  scopeOf,
  collect,
  identifierOf,
  openBatches,
  sendBatch,
  sentOf,
  successRate,
}

export type Parts = typeof referenceParts
