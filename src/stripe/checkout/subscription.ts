import type { Context } from '../define.ts'
import { confirmIntent } from '../payment/confirm.ts'
import type { PaymentIntent } from '../payment/intent.ts'
import { attachMethod, type PaymentMethod } from '../payment/payment-method.ts'
import { type CreateParams, createSubscription } from '../subscription/create.ts'
import { lineItemsOf } from './line-items.ts'
import { dataOf, keepData, type Session } from './session.ts'

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

/** Starts the subscription of a session whose first payment, if any was due, is done; its first invoice is paid by that payment. */
export function openSubscription(ctx: Context, session: Session, customer: string, method: string): void {
  const rates = dataOf(ctx, session.id).tax_rates ?? {}
  const items = lineItemsOf(session.id, ctx.account).map((item) => ({
    price: item.price?.id,
    ...(item.quantity !== null && { quantity: item.quantity }),
    ...(rates[item.id] && { tax_rates: rates[item.id] }),
    isRecurring: Boolean(item.price?.recurring),
  }))
  const paidBy = firstIntentOf(ctx, session)?.id
  const params = {
    ...subscriptionData(ctx, session),
    ...(session.automatic_tax.enabled && { automatic_tax: { enabled: true } }),
    customer,
    default_payment_method: method,
    items: items.filter(({ isRecurring }) => isRecurring).map(withoutKind),
    add_invoice_items: items.filter(({ isRecurring }) => !isRecurring).map(withoutKind),
  }
  const { id, latest_invoice } = createSubscription(ctx, params as CreateParams, paidBy ? { paidBy } : {})
  ctx.tables['checkout.session'].patch(session.id, { subscription: id, invoice: latest_invoice })
}

const withoutKind = <T extends { isRecurring: boolean }>({ isRecurring: _, ...item }: T): Omit<T, 'isRecurring'> => item
