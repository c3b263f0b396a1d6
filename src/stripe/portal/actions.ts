import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Invoice } from '../invoicing/draft.ts'
import { markDetached, type PaymentMethod } from '../payment/payment-method.ts'
import { previousAttributes } from '../protocol/diff.ts'
import { confirmSetup } from '../setup/confirm.ts'
import type { SetupIntent } from '../setup/intent.ts'
import { cancelSubscription } from '../subscription/cancel.ts'
import { createPreview } from '../subscription/preview.ts'
import { isEnded, itemsOf, type Subscription } from '../subscription/record.ts'
import { type UpdateParams, updateSubscription } from '../subscription/update.ts'
import type { Given, Stored } from '../wire.ts'
import type { Features } from './configuration.ts'
import { dropPlanned, planSwitch, waitsForPeriodEnd } from './planned.ts'

type Customer = Stored<'customer'>

/** Why a customer leaves; both may be empty. */
export interface Farewell {
  feedback?: string | undefined
  comment?: string | undefined
}

/** Cancels the way the configuration says: at the period's end, or now with the credit it grants. */
export function cancelPlan(ctx: Context, subscription: Subscription, features: Features, farewell: Farewell): void {
  const { cancellation_reason, enabled, mode, proration_behavior } = features.subscription_cancel
  if (!enabled) throw notAllowed('Canceling a subscription')
  const details = {
    ...(farewell.feedback &&
      cancellation_reason.options.includes(farewell.feedback) && { feedback: farewell.feedback }),
    ...(farewell.comment && { comment: farewell.comment.slice(0, 500) }),
  } as Given<Subscription['cancellation_details']>
  if (mode === 'immediately') {
    const prorate = proration_behavior !== 'none'
    cancelSubscription(ctx, subscription, { details, invoiceNow: proration_behavior === 'always_invoice', prorate })
    return
  }
  dropPlanned(ctx, subscription)
  const current = ctx.tables.subscription.need(subscription.id)
  updateSubscription(ctx, current, { cancel_at_period_end: true, cancellation_details: details } as UpdateParams)
}

/** Takes a cancellation back before it has happened. */
export function keepPlan(ctx: Context, subscription: Subscription): void {
  updateSubscription(ctx, subscription, { cancel_at_period_end: false } as UpdateParams)
}

/** A plan that was chosen; the quantity as it is unless given. */
export interface Choice {
  price: string
  quantity?: number | undefined
}

const changesOf = (ctx: Context, subscription: Subscription, features: Features, { price, quantity }: Choice) => {
  const { billing_cycle_anchor, proration_behavior, trial_update_behavior } = features.subscription_update
  const endsTrial = subscription.status === 'trialing' && trial_update_behavior === 'end_trial'
  return {
    items: [{ id: itemsOf(ctx, subscription.id)[0]?.id, price, ...(quantity !== undefined && { quantity }) }],
    proration_behavior,
    ...(billing_cycle_anchor === 'now' && { billing_cycle_anchor: 'now' }),
    ...(endsTrial && { trial_end: 'now' }),
  }
}

/** What a switch would cost, found out without making it. */
export function previewPlan(ctx: Context, subscription: Subscription, features: Features, choice: Choice): Invoice {
  const subscription_details = changesOf(ctx, subscription, features, choice)
  return createPreview(ctx, { subscription: subscription.id, subscription_details }) as Invoice
}

/** Switches plan or quantity, at the end of the period where the configuration wants that; a card that cannot pay what is due at once is refused and nothing changes. */
export function switchPlan(ctx: Context, subscription: Subscription, features: Features, choice: Choice): void {
  if (waitsForPeriodEnd(ctx, subscription, features, choice)) {
    planSwitch(ctx, subscription, choice)
    return
  }
  const params = { ...changesOf(ctx, subscription, features, choice), payment_behavior: 'error_if_incomplete' }
  updateSubscription(ctx, subscription, params as unknown as UpdateParams)
}

/** Sets a card up for later payments; the intent waits where the bank wants to ask the customer first. */
export function addCard(ctx: Context, customer: Customer, method: PaymentMethod, return_url: string): SetupIntent {
  const id = ctx.newId('setup_intent')
  const intent = ctx.tables.setup_intent.create({
    id,
    client_secret: `${id}_secret_${ctx.newSecret(25)}`,
    customer: customer.id,
    metadata: {},
    payment_method_types: ['card'],
    status: 'requires_payment_method',
    usage: 'off_session',
  })
  ctx.emit('setup_intent.created', intent)
  return confirmSetup(ctx, intent, method, { return_url })
}

/** From now on invoices are paid with this; subscriptions that had a payment method of their own change along, so that they are too. */
export function payWith(ctx: Context, customer: Customer, method: string): void {
  if (ctx.tables.payment_method.need(method).customer !== customer.id) throw notAllowed("Using another customer's card")
  updateCustomer(ctx, customer, {
    invoice_settings: { ...customer.invoice_settings, default_payment_method: method },
  })
  for (const subscription of ctx.tables.subscription.by('customer', customer.id))
    if (!isEnded(subscription) && subscription.default_payment_method && subscription.default_payment_method !== method)
      updateSubscription(ctx, subscription, { default_payment_method: method } as UpdateParams)
}

/** Forgets a card that is not the default. */
export function removeCard(ctx: Context, customer: Customer, id: string): void {
  const method = ctx.tables.payment_method.need(id)
  if (method.customer !== customer.id) throw notAllowed("Removing another customer's card")
  const uses = ctx.tables.subscription
    .by('customer', customer.id)
    .some((each) => !isEnded(each) && each.default_payment_method === id)
  if (customer.invoice_settings.default_payment_method === id || uses)
    throw stripeError(400, undefined, 'This card is in use. Choose another one to pay with first.')
  markDetached(ctx, id)
  ctx.emit('payment_method.detached', ctx.tables.payment_method.patch(id, { customer: null }), {
    customer: customer.id,
  })
}

/** Stores changes of the customer and emits `customer.updated` with what changed. */
export function updateCustomer(ctx: Context, customer: Customer, fields: Given<Customer>): void {
  const updated = ctx.tables.customer.patch(customer.id, fields)
  const previous = previousAttributes(customer, updated)
  if (previous) ctx.emit('customer.updated', updated, previous)
}

export const notAllowed = (what: string) => stripeError(403, undefined, `${what} is not possible here.`)
