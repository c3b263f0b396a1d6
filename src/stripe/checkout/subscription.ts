import { periodAt } from '../billing/period.ts'
import type { Context } from '../define.ts'
import { confirmIntent } from '../payment/confirm.ts'
import type { PaymentIntent } from '../payment/intent.ts'
import { attachMethod, type PaymentMethod } from '../payment/payment-method.ts'
import type { Given, Stored } from '../wire.ts'
import { type LineItem, lineItemsOf } from './line-items.ts'
import { dataOf, keepData, type Session } from './session.ts'

type Subscription = Stored<'subscription'>

interface SubscriptionData {
  trial_period_days?: number
  metadata?: Record<string, string>
}

const subscriptionData = (ctx: Context, session: Session): SubscriptionData =>
  (dataOf(ctx, session.id).subscription_data ?? {}) as SubscriptionData

/** Charges what is due at once, again on a retry; nothing is due under a trial. A decline is thrown, and no subscription exists then. */
export function payFirst(
  ctx: Context,
  session: Session,
  customer: string,
  method: PaymentMethod,
): PaymentIntent | undefined {
  attachMethod(ctx, method, customer)
  const due = (subscriptionData(ctx, session).trial_period_days ?? 0) > 0 ? 0 : (session.amount_total ?? 0)
  if (due === 0) return undefined
  const intent = firstIntentOf(ctx, session) ?? createIntent(ctx, session, customer, due)
  return confirmIntent(ctx, intent, {
    payment_method: method.id,
    return_url: ctx.url(`/c/pay/${session.id}/return`),
  })
}

/** The intent of the first payment, once one was tried. */
export const firstIntentOf = (ctx: Context, session: Session): PaymentIntent | undefined =>
  ctx.tables.payment_intent.get(dataOf(ctx, session.id).first_intent ?? '')

function createIntent(ctx: Context, session: Session, customer: string, amount: number): PaymentIntent {
  const id = ctx.newId('payment_intent')
  const intent = ctx.tables.payment_intent.create({
    id,
    amount,
    amount_capturable: 0,
    amount_received: 0,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${ctx.newSecret(25)}`,
    confirmation_method: 'automatic',
    currency: session.currency ?? 'usd',
    customer,
    description: 'Subscription creation',
    metadata: {},
    payment_method_types: ['card'],
    setup_future_usage: 'off_session',
    status: 'requires_payment_method',
  })
  keepData(ctx, session.id, { ...dataOf(ctx, session.id), first_intent: id })
  ctx.emit('payment_intent.created', intent)
  return intent
}

/** Starts the subscription of a session whose first payment is done. */
export function openSubscription(ctx: Context, session: Session, customer: string, method: string): Subscription {
  const { metadata = {}, trial_period_days = 0 } = subscriptionData(ctx, session)
  const subscription = createSubscription(ctx, session, customer, method, trial_period_days, metadata)
  ctx.tables['checkout.session'].patch(session.id, { subscription: subscription.id })
  return subscription
}

function createSubscription(
  ctx: Context,
  session: Session,
  customer: string,
  method: string,
  trialDays: number,
  metadata: Record<string, string>,
): Subscription {
  const id = ctx.newId('subscription')
  const trialEnd = trialDays > 0 ? ctx.now + trialDays * 86_400 : null
  const items = lineItemsOf(session.id, ctx.account).filter(({ price }) => price?.recurring)
  const subscription = ctx.tables.subscription.create({
    id,
    billing_cycle_anchor: trialEnd ?? ctx.now,
    collection_method: 'charge_automatically',
    currency: session.currency ?? 'usd',
    customer,
    default_payment_method: method,
    items: {
      object: 'list',
      data: items.map((item) => subscriptionItem(ctx, id, item, trialEnd)),
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    metadata,
    start_date: ctx.now,
    status: trialEnd === null ? 'active' : 'trialing',
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : ctx.now,
  })
  ctx.emit('customer.subscription.created', subscription)
  return subscription
}

function subscriptionItem(
  ctx: Context,
  subscription: string,
  item: LineItem,
  trialEnd: number | null,
): Given<Stored<'subscription_item'>> {
  const price = item.price!
  const recurring = price.recurring!
  const end = trialEnd ?? periodAt(ctx.now, recurring, ctx.now).end
  return ctx.tables.subscription_item.create({
    current_period_end: end,
    current_period_start: ctx.now,
    metadata: {},
    plan: {
      id: price.id,
      object: 'plan',
      active: price.active,
      amount: price.unit_amount,
      amount_decimal: price.unit_amount_decimal,
      billing_scheme: price.billing_scheme,
      created: price.created,
      currency: price.currency,
      interval: recurring.interval,
      interval_count: recurring.interval_count,
      product: price.product,
      usage_type: recurring.usage_type,
    },
    price,
    quantity: item.quantity ?? undefined,
    subscription,
    tax_rates: [],
  })
}
