import type Stripe from 'stripe'
import { openStripeClient } from '../../providers/stripe-client.ts'
import { itemOf } from '../catalogue.ts'
import type { SessionRequest } from '../checkout/claim.ts'
import type { SubscriptionState } from '../payments/facts.ts'
import { subscriptionState } from '../payments/subscription-facts.ts'
import type { ProviderPrice, ProviderProduct } from '../products/read.ts'

export interface CreatedSession {
  id: string
  url: string
  livemode: boolean
  /** Seconds since the epoch. */
  expiresAt: number | undefined
}

/** What the backend asks of Stripe. Every write carries an idempotency key; errors are the official client's. */
export interface StripeApi {
  createSession(request: SessionRequest, key: string): Promise<CreatedSession>
  /** False where it cannot be ended any more: it was paid. */
  expireSession(id: string): Promise<boolean>
  createPortal(customer: string, returnUrl: string, key: string): Promise<{ url: string }>
  /** Refunds that this backend has asked for under `order`, found again by their metadata. */
  findRefund(payment: string, order: string): Promise<string | undefined>
  createRefund(refund: { payment: string; amount: number; order: string }, key: string): Promise<string>
  /** All products, archived ones too, or the one under this id (deleted where it is not there any more). */
  fetchProducts(only?: string): Promise<ProviderProduct[]>
  fetchPrices(product: string): Promise<ProviderPrice[]>
  /** With another key than the configured one. */
  fetchBalance(key: string): Promise<void>
  /** With the key of whom it belongs to; what the provider calls the event. One identifier counts once within a day. */
  sendMeterEvent(event: MeterEvent, key: string): Promise<string>
  /** Undefined when there is no such subscription. */
  fetchSubscription(id: string): Promise<SubscriptionState | undefined>
}

export interface MeterEvent {
  eventName: string
  /** The provider's id. */
  customer: string
  /** Decimal text. */
  quantity: string
  identifier: string
  /** Epoch milliseconds. */
  usedAt: number
}

export interface StripeApiSettings {
  apiKey: string
  apiBase?: string
  /** Of writes, in milliseconds; reads are made while a webhook waits and get half of it. */
  timeoutMs?: number
}

export function openStripeApi(settings: StripeApiSettings): StripeApi {
  const timeoutMs = settings.timeoutMs ?? 5_000
  let client: Promise<Stripe> | undefined
  const open = (): Promise<Stripe> => {
    client ??= openStripeClient({ ...settings, timeoutMs })
    return client
  }
  return {
    async createSession(request, key) {
      const stripe = await open()
      const session = await stripe.checkout.sessions.create(sessionOf(request), { idempotencyKey: key })
      if (!session.url) throw new Error(`Stripe gave session ${session.id} no url`)
      return { id: session.id, url: session.url, livemode: session.livemode, expiresAt: session.expires_at }
    },
    async expireSession(id) {
      const stripe = await open()
      try {
        await stripe.checkout.sessions.expire(id)
        return true
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode !== 400) throw error
        const { status } = await stripe.checkout.sessions.retrieve(id)
        return status === 'expired'
      }
    },
    async createPortal(customer, returnUrl, key) {
      const stripe = await open()
      const parameters = { customer, return_url: returnUrl }
      const { url } = await stripe.billingPortal.sessions.create(parameters, { idempotencyKey: key })
      return { url }
    },
    async findRefund(payment, order) {
      const stripe = await open()
      const { data } = await stripe.refunds.list({ payment_intent: payment, limit: 100 })
      return data.find((refund) => refund.metadata?.order === order && refund.status !== 'failed')?.id
    },
    async createRefund({ payment, amount, order }, key) {
      const stripe = await open()
      const parameters = { payment_intent: payment, amount, metadata: { order } }
      return (await stripe.refunds.create(parameters, { idempotencyKey: key })).id
    },
    async fetchProducts(only) {
      const stripe = await open()
      if (only === undefined)
        return (await stripe.products.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })).map(productOf)
      try {
        return [productOf(await stripe.products.retrieve(only))]
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return [{ id: only, deleted: true }]
        throw error
      }
    },
    async fetchPrices(product) {
      const stripe = await open()
      return stripe.prices.list({ product, limit: 100 }).autoPagingToArray({ limit: 1_000 })
    },
    async fetchBalance(key) {
      const stripe = await open()
      await stripe.balance.retrieve({}, { apiKey: key, maxNetworkRetries: 0 })
    },
    async sendMeterEvent({ eventName, customer, quantity, identifier, usedAt }, key) {
      const stripe = await open()
      const payload = { stripe_customer_id: customer, value: quantity }
      const event = { event_name: eventName, identifier, timestamp: Math.floor(usedAt / 1000), payload }
      return (await stripe.billing.meterEvents.create(event, { apiKey: key })).identifier
    },
    async fetchSubscription(id) {
      const stripe = await open()
      try {
        const options = { timeout: timeoutMs / 2, maxNetworkRetries: 0 }
        return subscriptionState(await stripe.subscriptions.retrieve(id, {}, options))
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return undefined
        throw error
      }
    },
  }
}

const productOf = ({ id, name, description, active, default_price, metadata }: Stripe.Product): ProviderProduct => ({
  id,
  name,
  description,
  active,
  metadata,
  default_price: default_price ?? null,
})

/** The catalogue says what it costs, the metadata whose it is: on the session and on what the session makes. */
function sessionOf(request: SessionRequest): Stripe.Checkout.SessionCreateParams {
  const { user, email, customer, successUrl, cancelUrl } = request
  const item = itemOf('pack', request.item) ?? itemOf('plan', request.item)
  if (!item) throw new Error(`the catalogue has no ${request.item}`)
  const metadata = { user, ...(email && { email }), [item.kind]: item.id }
  const recurring = item.interval && { recurring: { interval: item.interval } }
  return {
    success_url: successUrl,
    cancel_url: cancelUrl,
    client_reference_id: user.slice(0, 200),
    metadata,
    ...(customer ? { customer } : email ? { customer_email: email } : {}),
    ...(item.kind === 'plan'
      ? { mode: 'subscription', subscription_data: { metadata } }
      : { mode: 'payment', payment_intent_data: { metadata } }),
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: item.currency,
          unit_amount: item.amount,
          product_data: { name: item.title },
          ...recurring,
        },
      },
    ],
  }
}
