import type { Context } from '../define.ts'
import { StripeError } from '../error.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { upcomingInvoice } from '../subscription/cycle.ts'
import { methodOf } from '../subscription/first-invoice.ts'
import { isEnded, isRunning, itemsOf, nextEnd, type Price, type Subscription } from '../subscription/record.ts'
import type { Stored } from '../wire.ts'
import type { Features } from './configuration.ts'
import { resumesAt } from './pause.ts'
import { type PlannedChange, plannedChange } from './planned.ts'

type PaymentMethod = Stored<'payment_method'>
type Item = Stored<'subscription_item'>

export interface SubscriptionView {
  subscription: Subscription
  items: Item[]
  /** When it ends; absent where it goes on. */
  endsAt?: number
  /** Absent where nothing will be charged any more. */
  next?: { at: number; amount: number }
  paysWith: PaymentMethod | undefined
  /** A switch that waits for the end of the period. */
  planned: PlannedChange | undefined
  /** When a pause ends by itself. */
  resumesAt: number | undefined
}

/** When the current period ends. */
export const nextEndOf = ({ items }: SubscriptionView): number =>
  Math.min(...items.map(({ current_period_end }) => current_period_end))

/** The subscriptions of a customer that are not over, newest first. */
export const subscriptionViews = (ctx: Context, customer: string): SubscriptionView[] =>
  ctx.tables.subscription
    .by('customer', customer)
    .filter((each) => !isEnded(each))
    .map((subscription) => {
      const next = nextCharge(ctx, subscription)
      const endsAt = endOf(ctx, subscription)
      return {
        subscription,
        items: itemsOf(ctx, subscription.id),
        ...(endsAt !== undefined && { endsAt }),
        ...(next && { next }),
        paysWith: ctx.tables.payment_method.get(methodOf(ctx, subscription) ?? ''),
        planned: plannedChange(ctx, subscription),
        resumesAt: resumesAt(ctx, subscription),
      }
    })

const endOf = (ctx: Context, { cancel_at, cancel_at_period_end, id }: Subscription): number | undefined =>
  cancel_at ?? (cancel_at_period_end ? nextEnd(ctx, id) : undefined)

function nextCharge(ctx: Context, subscription: Subscription): SubscriptionView['next'] {
  if (!isRunning(subscription) || subscription.cancel_at_period_end || subscription.cancel_at) return undefined
  try {
    const { amount_due, created } = upcomingInvoice(ctx, subscription)
    return { at: created, amount: amount_due }
  } catch (error) {
    if (error instanceof StripeError) return undefined
    throw error
  }
}

export interface CardView {
  method: PaymentMethod
  isDefault: boolean
}

/** The customer's saved payment methods, the default first. */
export function cardViews(ctx: Context, customer: Stored<'customer'>): CardView[] {
  const chosen = customer.invoice_settings.default_payment_method
  return ctx.tables.payment_method
    .by('customer', customer.id)
    .map((method) => ({ method, isDefault: method.id === chosen }))
    .sort((a, b) => Number(b.isDefault) - Number(a.isDefault))
}

/** Final invoices, newest first. */
export const invoicesOf = (ctx: Context, customer: string): Invoice[] =>
  ctx.tables.invoice
    .by('customer', customer)
    .filter(({ status }) => status !== 'draft')
    .slice(0, 24)

export interface PlanChoice {
  price: Price
  product: string
  isCurrent: boolean
  quantity: { minimum: number; maximum: number } | undefined
}

/** The plans a subscription can be switched to; none where the configuration does not allow it, or it has several items. */
export function planChoices(ctx: Context, features: Features, { subscription, items }: SubscriptionView): PlanChoice[] {
  const { default_allowed_updates: allowed, enabled, products } = features.subscription_update
  const [item] = items
  if (!enabled || !item || items.length > 1 || !isRunning(subscription) || subscription.schedule) return []
  const choices = (products ?? []).flatMap(({ adjustable_quantity: range, prices, product }) =>
    prices.map((id): PlanChoice | undefined => {
      const price = ctx.tables.price.get(id)
      if (!price?.active || price.currency !== subscription.currency) return undefined
      const canAdjust = range.enabled && allowed.includes('quantity')
      return {
        price,
        product: ctx.tables.product.get(product)?.name ?? product,
        isCurrent: price.id === item.price.id,
        quantity: canAdjust ? { minimum: range.minimum, maximum: range.maximum ?? 999_999 } : undefined,
      }
    }),
  )
  return choices
    .filter((choice) => choice !== undefined)
    .filter(({ isCurrent, quantity }) => allowed.includes('price') || (isCurrent && quantity))
}
