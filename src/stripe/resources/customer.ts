import { changeDiscount, removeDiscount } from '../customer/discount.ts'
import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Discount } from '../invoicing/discount.ts'
import { onClock } from '../invoicing/time.ts'
import { attachMethod, usePaymentMethod } from '../payment/payment-method.ts'
import { makeSource } from '../payment/source.ts'
import { endSubscription } from '../subscription/cancel.ts'
import { taxIdFields } from '../tax/id.ts'

/** Rules: docs.stripe.com/api/customers. A deleted customer stays readable as a stub; its subscriptions end with it. */
export const customers = defineResource({
  object: 'customer',
  indexes: ['email'],

  create(ctx) {
    const { id, params } = ctx
    checkEmail(params.email)
    const customer = ctx.save({
      address: params.address ?? null,
      balance: params.balance ?? 0,
      currency: null,
      default_source: null,
      delinquent: false,
      invoice_prefix: params.invoice_prefix ?? ctx.newSecret(8).toUpperCase(),
      invoice_settings: {
        custom_fields: params.invoice_settings?.custom_fields ?? null,
        default_payment_method: params.invoice_settings?.default_payment_method ?? null,
        footer: params.invoice_settings?.footer ?? null,
        rendering_options: params.invoice_settings?.rendering_options ?? null,
      },
      name: params.name ?? null,
      next_invoice_sequence: params.next_invoice_sequence ?? 1,
      phone: params.phone ?? null,
      preferred_locales: params.preferred_locales ?? [],
      tax_exempt: params.tax_exempt ?? 'none',
      test_clock: params.test_clock ?? null,
    })
    for (const { type, value } of params.tax_id_data ?? [])
      ctx.emit('customer.tax_id.created', ctx.tables.tax_id.create({ ...taxIdFields(ctx, type, value), customer: id }))
    const attached = params.payment_method && attachMethod(ctx, usePaymentMethod(ctx, params.payment_method), id).id
    const chosen = params.invoice_settings?.default_payment_method
    if (chosen && chosen !== params.payment_method) throw notAttached(chosen)
    return {
      // `pm_card_visa` stands for a new payment method with an id of its own.
      ...(chosen && { invoice_settings: { ...customer.invoice_settings, default_payment_method: attached } }),
      ...(params.source && { default_source: makeSource(ctx, params.source, id) }),
      ...changeDiscount(ctx, customer, params),
    }
  },

  update(ctx) {
    const { id, object, params, tables } = ctx
    checkEmail(params.email)
    const chosen = params.invoice_settings?.default_payment_method
    if (chosen && tables.payment_method.need(chosen, 'invoice_settings[default_payment_method]').customer !== id)
      throw notAttached(chosen)
    return {
      ...(params.invoice_settings && { invoice_settings: { ...object.invoice_settings, ...params.invoice_settings } }),
      ...(params.source && { default_source: makeSource(ctx, params.source, id) }),
      ...changeDiscount(ctx, object, params),
    }
  },

  operations: {
    'DELETE /v1/customers/{id}/discount'(ctx) {
      const customer = ctx.tables.customer.need(ctx.path.id)
      const { discount } = customer
      if (!discount) throw stripeError(404, 'resource_missing', `No active discount for customer: ${customer.id}`)
      ctx.tables.customer.patch(customer.id, removeDiscount(ctx, discount as Discount))
      const { end: _, ...last } = discount as Discount
      return { ...last, deleted: true }
    },
  },

  remove(ctx) {
    const { id, tables } = ctx
    for (const subscription of tables.subscription.by('customer', id)) {
      endSubscription(onClock(ctx, subscription.test_clock), subscription, 'cancellation_requested')
    }
    for (const method of tables.payment_method.by('customer', id))
      tables.payment_method.patch(method.id, { customer: null })
  },
})

function checkEmail(email: string | null | undefined): void {
  if (!email || /^[^@\s]+@[^@\s]+$/.test(email)) return
  throw stripeError(400, 'email_invalid', `Invalid email address: ${email}`, 'email')
}

const notAttached = (method: string) =>
  stripeError(
    400,
    'resource_missing',
    `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
    'invoice_settings[default_payment_method]',
  )
