import { applyDiscounts, reprice } from '../checkout/adjust.ts'
import { submitSession } from '../checkout/complete.ts'
import { answerElements } from '../checkout/elements.ts'
import { expireSession } from '../checkout/expire.ts'
import { keepLineItems, type LineItemInput, lineItemsOf, makeLineItems, ratesOfItems } from '../checkout/line-items.ts'
import { checkUrl, keepData, needOpen, type SessionData } from '../checkout/session.ts'
import { checkSessionTax, isTaxed, sessionTax } from '../checkout/tax.ts'
import { defineResource } from '../define.ts'
import { stripeError } from '../error.ts'
import { formatMoney } from '../payment/money.ts'
import { usePaymentMethod } from '../payment/payment-method.ts'

const secondsOpen = 24 * 3600
const leastSecondsOpen = 30 * 60

/** Hosted checkout: docs.stripe.com/api/checkout/sessions. The page behind `url` is in pages/. */
export const checkoutSessions = defineResource({
  object: 'checkout.session',
  indexes: ['customer', 'payment_intent', 'subscription', 'setup_intent'],
  events: { create: false, update: false },

  create(ctx) {
    const { id, params, tables } = ctx
    const mode = params.mode ?? 'payment'
    if (params.customer && params.customer_email)
      throw stripeError(
        400,
        'parameters_exclusive',
        'You may only specify one of these parameters: customer, customer_email.',
      )
    if (params.allow_promotion_codes && params.discounts?.length)
      throw stripeError(
        400,
        'parameters_exclusive',
        'You may only specify one of these parameters: allow_promotion_codes, discounts.',
      )
    const customer = params.customer ? tables.customer.need(params.customer, 'customer') : undefined
    const isHosted = params.ui_mode === undefined || params.ui_mode === 'hosted_page' || params.ui_mode === 'hosted'
    if (isHosted && !params.success_url)
      throw stripeError(400, 'parameter_missing', 'Missing required param: success_url.', 'success_url')
    checkUrl(params.success_url, 'success_url')
    checkUrl(params.cancel_url, 'cancel_url')
    checkUrl(params.return_url, 'return_url')
    const expires_at = checkExpiry(params.expires_at, ctx.now)
    if (mode !== 'setup' && !params.line_items?.length)
      throw stripeError(400, 'parameter_missing', 'Missing required param: line_items.', 'line_items')

    const items = mode === 'setup' ? [] : makeLineItems(ctx, params.line_items as LineItemInput[], mode)
    const total = items.reduce((sum, item) => sum + item.amount_total, 0)
    const currency = items[0]?.currency ?? params.currency ?? null
    if (mode === 'payment' && total > 0 && total < 50 && currency === 'usd')
      throw stripeError(
        400,
        'amount_too_small',
        `The Checkout Session's total amount due must add up to at least ${formatMoney(50, currency)} ${currency}`,
      )
    checkSessionTax(ctx, params, customer)
    const tax_rates = ratesOfItems(ctx, (params.line_items ?? []) as LineItemInput[], items)
    keepLineItems(ctx, id, items)
    keepData(ctx, id, { ...dataOf(params), tax_rates })
    ctx.schedule('checkout.session', 'expire', id, expires_at)
    const session = ctx.save({
      adaptive_pricing: { enabled: false },
      after_expiration: recoveryOf(params.after_expiration?.recovery),
      allow_promotion_codes: params.allow_promotion_codes ?? null,
      amount_subtotal: mode === 'setup' ? null : total,
      amount_total: mode === 'setup' ? null : total,
      automatic_tax: sessionTax(params.automatic_tax?.enabled ?? false, undefined),
      billing_address_collection: params.billing_address_collection ?? null,
      cancel_url: params.cancel_url ?? null,
      client_secret: isHosted ? null : `${id}_secret_${ctx.newSecret(40)}`,
      currency,
      custom_fields: [],
      custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
      customer: customer?.id ?? null,
      customer_creation: mode === 'payment' && !customer ? (params.customer_creation ?? 'if_required') : null,
      customer_details: null,
      customer_email: params.customer_email ?? null,
      discounts: null,
      expires_at,
      metadata: params.metadata ?? {},
      mode,
      payment_intent: null,
      payment_method_collection:
        mode === 'subscription' ? (params.payment_method_collection ?? 'always') : 'if_required',
      payment_method_options: { card: { request_three_d_secure: 'automatic' } },
      payment_method_types: (params as { payment_method_types?: string[] }).payment_method_types ??
        (params.allowed_payment_method_types as string[] | undefined) ?? ['card'],
      payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
      saved_payment_method_options: customer
        ? { allow_redisplay_filters: ['always'], payment_method_remove: 'disabled', payment_method_save: null }
        : null,
      setup_intent: null,
      shipping_options: [],
      status: 'open',
      success_url: params.success_url ?? null,
      total_details: mode === 'setup' ? null : { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
      ui_mode: params.ui_mode ?? 'hosted_page',
      url: isHosted ? ctx.url(`/c/pay/${id}`) : null,
    })
    if (params.discounts?.length) return applyDiscounts(ctx, session, params.discounts)
    return isTaxed(ctx, session) ? reprice(ctx, session) : session
  },

  actions: {
    expire(ctx) {
      needOpen(ctx.object, 'expired')
      return expireSession(ctx, ctx.object)
    },
  },

  operations: {
    'GET /v1/checkout/sessions/{id}/line_items'(ctx) {
      const session = ctx.tables['checkout.session'].need(ctx.path.id)
      const {
        ending_before,
        limit = 10,
        starting_after,
      } = ctx.params as { limit?: number; starting_after?: string; ending_before?: string }
      const all = lineItemsOf(session.id, ctx.account)
      const from = starting_after ? all.findIndex(({ id }) => id === starting_after) + 1 : 0
      const until = ending_before ? all.findIndex(({ id }) => id === ending_before) : all.length
      const data = all.slice(from, until).slice(0, limit)
      const url = `/v1/checkout/sessions/${session.id}/line_items`
      return { object: 'list', data, has_more: from + data.length < until, url }
    },

    /** Undocumented like the next, used by the official command line tool to complete a session without a browser. */
    'GET /v1/payment_pages/{id}': (ctx) => ctx.tables['checkout.session'].need(ctx.path.id),

    /** What the stand-in for Stripe.js asks of a session in the shop's own page. */
    'POST /v1/payment_pages/{id}/elements': (ctx) =>
      answerElements(ctx, ctx.tables['checkout.session'].need(ctx.path.id), ctx.params),

    /** Takes the payment method and the amount that the customer is shown. */
    'POST /v1/payment_pages/{id}/confirm'(ctx) {
      const session = ctx.tables['checkout.session'].need(ctx.path.id)
      needOpen(session, 'confirmed')
      const { expected_amount, payment_method } = ctx.params as { expected_amount?: string; payment_method?: string }
      if (expected_amount !== undefined && Number(expected_amount) !== session.amount_total)
        throw stripeError(
          400,
          'checkout_amount_mismatch',
          `The expected amount ${expected_amount} is not the amount of this Checkout Session, ${session.amount_total}.`,
          'expected_amount',
        )
      const method = usePaymentMethod(ctx, payment_method ?? 'pm_card_visa')
      const { email, name } = method.billing_details
      const payer = { method, email: email ?? session.customer_email ?? 'stripe@example.com', name: name ?? null }
      return submitSession(ctx, session, payer).session
    },
  },

  includes: { line_items: lineItemsOf },

  jobs: {
    expire(ctx) {
      if (ctx.object.status === 'open') expireSession(ctx, ctx.object)
    },
  },
})

/** The address that a recovery opens is made when the session expires. */
const recoveryOf = (given: { enabled: boolean; allow_promotion_codes?: boolean } | undefined) =>
  given
    ? {
        recovery: {
          allow_promotion_codes: given.allow_promotion_codes ?? false,
          enabled: given.enabled,
          expires_at: null,
          url: null,
        },
      }
    : null

function checkExpiry(given: number | undefined, now: number): number {
  if (given === undefined) return now + secondsOpen
  if (given < now + leastSecondsOpen)
    throw stripeError(
      400,
      undefined,
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      'expires_at',
    )
  if (given > now + secondsOpen)
    throw stripeError(
      400,
      undefined,
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      'expires_at',
    )
  return given
}

function dataOf(params: object): SessionData {
  const { customer_update, payment_intent_data, setup_intent_data, subscription_data } = params as SessionData
  return {
    ...(customer_update && { customer_update }),
    ...(payment_intent_data && { payment_intent_data }),
    ...(setup_intent_data && { setup_intent_data }),
    ...(subscription_data && { subscription_data }),
  }
}
