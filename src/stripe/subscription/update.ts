import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { announceDiscounts, endDiscount, idsOf, makeDiscounts } from '../invoicing/discount.ts'
import { taxRates } from '../invoicing/tax.ts'
import { mergeMetadata } from '../protocol/metadata.ts'
import { automaticTaxOn, checkAutomaticTax, needLocation } from '../tax/automatic.ts'
import type { Given, UpdateParamsOf } from '../wire.ts'
import { cancellation } from './cancel-at.ts'
import { type ChangeOrder, changeBilling } from './change.ts'
import { canGoOn } from './cycle.ts'
import { readPendingInterval } from './pending-interval.ts'
import { changeSubscription, isEnded, type Subscription } from './record.ts'
import { checkMethodOwner } from './rules.ts'
import { checkThresholds, readThresholds } from './threshold.ts'
import { setTimers } from './timers.ts'

export type UpdateParams = UpdateParamsOf<'subscription'>

const afterTheEnd = new Set(['metadata', 'cancellation_details'])

/** Rules: docs.stripe.com/api/subscriptions/update. What is ended can only be annotated. */
export function updateSubscription(ctx: Context, subscription: Subscription, params: UpdateParams): Subscription {
  if (isEnded(subscription) && Object.keys(params).some((name) => !afterTheEnd.has(name)))
    throw stripeError(
      400,
      'invalid_canceled_subscription_fields',
      'A canceled subscription can only update its cancellation_details and metadata.',
    )
  const cancels = params.cancel_at !== undefined || params.cancel_at_period_end !== undefined
  if (subscription.schedule && cancels)
    throw stripeError(
      400,
      undefined,
      `The subscription is managed by the subscription schedule \`${subscription.schedule}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
    )
  checkMethodOwner(ctx, params.default_payment_method, subscription.customer)
  checkAutomaticTax(ctx, params)
  if (params.automatic_tax?.enabled) needLocation(ctx, ctx.tables.customer.need(subscription.customer))
  const discounts = newDiscounts(ctx, subscription, params)
  const fields = {
    ...plainFields(ctx, subscription, params),
    ...cancellation(ctx, subscription, params),
    ...(discounts && { discounts }),
  }
  if (!touchesBilling(params)) {
    const changed = changeSubscription(ctx, subscription, fields)
    if (!isEnded(changed)) setTimers(ctx, changed)
    checkThresholds(ctx, changed.id)
    return ctx.tables.subscription.need(changed.id)
  }
  if (subscription.status === 'incomplete')
    throw stripeError(
      400,
      undefined,
      `You cannot update a subscription in \`incomplete\` status in a way that results in new invoices. Pay its first invoice, or cancel it.`,
    )
  const endsTrial = params.trial_end === 'now' && subscription.status === 'trialing'
  if (endsTrial && !canGoOn(ctx, { ...subscription, ...fields } as Subscription)) {
    const ended = ctx.tables.subscription.need(subscription.id)
    return changeSubscription(ctx, ended, { ...fields, trial_end: ctx.now })
  }
  changeBilling(ctx, subscription, { ...orderOf(params), fields })
  checkThresholds(ctx, subscription.id)
  return ctx.tables.subscription.need(subscription.id)
}

const touchesBilling = (params: UpdateParams): boolean =>
  params.items !== undefined ||
  params.add_invoice_items !== undefined ||
  params.trial_end !== undefined ||
  anchorOf(params) === 'now'

/** Older versions send `now` itself, today's an object. */
function anchorOf(params: UpdateParams): 'now' | 'unchanged' | undefined {
  const given = params.billing_cycle_anchor as unknown
  const word = typeof given === 'object' && given !== null ? (given as { type: string }).type : given
  return word === 'now' || word === 'unchanged' ? word : undefined
}

const orderOf = (params: UpdateParams): Omit<ChangeOrder, 'fields'> => ({
  add_invoice_items: params.add_invoice_items,
  billing_cycle_anchor: anchorOf(params),
  items: params.items as ChangeOrder['items'],
  off_session: params.off_session,
  payment_behavior: params.payment_behavior,
  proration_behavior: params.proration_behavior,
  proration_date: params.proration_date,
  trial_end: params.trial_end,
})

function plainFields(ctx: Context, subscription: Subscription, params: UpdateParams): Given<Subscription> {
  const fields: Given<Subscription> = {}
  if (params.metadata !== undefined) fields.metadata = mergeMetadata(subscription.metadata, params.metadata)
  if (params.default_payment_method !== undefined) fields.default_payment_method = params.default_payment_method
  if (params.default_tax_rates !== undefined)
    fields.default_tax_rates = taxRates(ctx, params.default_tax_rates, 'default_tax_rates')
  if (params.automatic_tax) fields.automatic_tax = automaticTaxOn(params.automatic_tax.enabled)
  if (params.description !== undefined) fields.description = params.description
  if (params.collection_method !== undefined) fields.collection_method = params.collection_method
  if (params.days_until_due !== undefined) fields.days_until_due = params.days_until_due
  if (params.pause_collection !== undefined)
    fields.pause_collection = params.pause_collection && {
      behavior: params.pause_collection.behavior,
      resumes_at: params.pause_collection.resumes_at ?? null,
    }
  if (params.billing_thresholds !== undefined)
    fields.billing_thresholds = readThresholds(params.billing_thresholds, subscription.currency)
  if (params.pending_invoice_item_interval !== undefined)
    Object.assign(fields, readPendingInterval(ctx, params.pending_invoice_item_interval))
  if (params.trial_settings) fields.trial_settings = { ...subscription.trial_settings, ...params.trial_settings }
  if (params.payment_settings?.save_default_payment_method)
    fields.payment_settings = {
      ...subscription.payment_settings,
      save_default_payment_method: params.payment_settings.save_default_payment_method,
    }
  if (params.cancellation_details)
    fields.cancellation_details = {
      ...subscription.cancellation_details,
      ...(params.cancellation_details as Given<Subscription>['cancellation_details']),
    }
  return fields
}

function newDiscounts(ctx: Context, subscription: Subscription, params: UpdateParams): string[] | undefined {
  if (params.discounts === undefined) return undefined
  const old = idsOf(subscription.discounts)
  const discounts = makeDiscounts(ctx, params.discounts, {
    customer: subscription.customer,
    subscription: subscription.id,
  })
  for (const id of old) if (!discounts.includes(id)) endDiscount(ctx, id)
  announceDiscounts(
    ctx,
    discounts.filter((id) => !old.includes(id)),
  )
  return discounts
}
