import { timingSafeEqual } from 'node:crypto'
import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { formatMoney } from '../payment/money.ts'
import { usePaymentMethod } from '../payment/payment-method.ts'
import { applyDiscounts, applyPromotionCode, changeQuantity, quantityBounds } from './adjust.ts'
import { intentOf, submitSession } from './complete.ts'
import { type LineItem, lineItemsOf } from './line-items.ts'
import { needOpen, type Session } from './session.ts'

/** What Stripe.js asks of a session whose page is the shop's own; not in the documentation of the API. */
export interface ElementsParams {
  client_secret?: string
  action?: string
  email?: string
  promotion_code?: string
  line_item?: string
  quantity?: string | number
  payment_method?: string
}

/** Does it, and answers with the session as pages see it: docs.stripe.com/js/custom_checkout. */
export function answerElements(ctx: Context, session: Session, params: ElementsParams): object {
  if (!isSame(params.client_secret ?? '', session.client_secret ?? ''))
    throw stripeError(404, 'resource_missing', `No such checkout.session: '${session.id}'`, 'session')
  const { action = 'show' } = params
  if (action !== 'show') needOpen(session, 'updated')
  const challenge = act(ctx, session, action, params)
  const current = ctx.tables['checkout.session'].need(session.id)
  return {
    object: 'checkout.elements',
    session: describe(ctx, current),
    payment_method_types: current.payment_method_types,
    return_url: current.return_url,
    ...(challenge && { challenge }),
  }
}

function isSame(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)]
  return b.length > 0 && a.length === b.length && timingSafeEqual(a, b)
}

/** Returns the address of a challenge where one has to be passed. */
function act(ctx: Context, session: Session, action: string, params: ElementsParams): string | undefined {
  const { email, line_item = '', promotion_code = '', quantity } = params
  if (email !== undefined) keepEmail(ctx, session, email)
  if (action === 'promotion' && promotion_code !== '') applyPromotionCode(ctx, session, promotion_code)
  if (action === 'promotion' && promotion_code === '') applyDiscounts(ctx, session, [])
  if (action === 'quantity') changeQuantity(ctx, session, line_item, Number(quantity))
  return action === 'confirm' ? confirm(ctx, ctx.tables['checkout.session'].need(session.id), params) : undefined
}

function keepEmail(ctx: Context, session: Session, email: string): void {
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email))
    throw stripeError(400, 'email_invalid', `Invalid email address: ${email.slice(0, 200)}`, 'email')
  ctx.tables['checkout.session'].patch(session.id, {
    customer_details: {
      address: null,
      business_name: null,
      individual_name: null,
      name: null,
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
      ...session.customer_details,
      email,
    },
  })
}

function confirm(ctx: Context, session: Session, { payment_method }: ElementsParams): string | undefined {
  if (!payment_method)
    throw stripeError(400, 'parameter_missing', 'Missing required param: payment_method.', 'payment_method')
  const method = usePaymentMethod(ctx, payment_method)
  const email = emailOf(session) ?? method.billing_details.email
  if (!email) throw stripeError(400, 'parameter_missing', 'An email is required to complete this session.', 'email')
  return submitSession(ctx, session, { method, email, name: method.billing_details.name }).challenge
}

const emailOf = ({ customer_details, customer_email }: Session): string | null =>
  customer_email ?? customer_details?.email ?? null

/** The session in the words of Stripe.js. */
function describe(ctx: Context, session: Session): object {
  const currency = session.currency ?? 'usd'
  const money = (amount: number) => ({ amount: formatMoney(amount, currency), minorUnitsAmount: amount })
  const { amount_discount = 0, amount_shipping = 0, amount_tax = 0 } = session.total_details ?? {}
  const intent = intentOf(ctx, session)
  const error = intent && ('last_payment_error' in intent ? intent.last_payment_error : intent.last_setup_error)
  const [discount] = session.discounts ?? []
  return {
    billingAddress: null,
    businessName: 'Sandbox Shop',
    canConfirm: session.status === 'open' && emailOf(session) !== null,
    currency,
    currencyOptions: null,
    discountAmounts: discount
      ? [
          {
            ...money(amount_discount ?? 0),
            displayName: ctx.tables.promotion_code.get(discount.promotion_code ?? '')?.code ?? 'Discount',
            percentOff: null,
            promotionCode: ctx.tables.promotion_code.get(discount.promotion_code ?? '')?.code ?? null,
            recurring: null,
          },
        ]
      : null,
    email: emailOf(session),
    id: session.id,
    lastPaymentError: error ? { message: error.message ?? 'Please try again.' } : null,
    lineItems: lineItemsOf(session.id, ctx.account).map((item) => describeItem(item, money)),
    livemode: false,
    minorUnitsAmountDivisor: /\.\d\d$/.test(formatMoney(1, currency)) ? 100 : 1,
    phoneNumber: null,
    savedPaymentMethods: null,
    shipping: null,
    shippingAddress: null,
    shippingOptions: [],
    status: { type: session.status, ...(session.status === 'complete' && { paymentStatus: session.payment_status }) },
    tax: { status: 'ready' },
    taxAmounts: null,
    taxIdInfo: null,
    total: {
      appliedBalance: money(0),
      balanceAppliedToNextInvoice: false,
      discount: money(amount_discount ?? 0),
      shippingRate: money(amount_shipping ?? 0),
      subtotal: money(session.amount_subtotal ?? 0),
      taxExclusive: money(amount_tax),
      taxInclusive: money(0),
      total: money(session.amount_total ?? 0),
    },
  }
}

function describeItem(item: LineItem, money: (amount: number) => object): object {
  const { price } = item
  return {
    adjustableQuantity: quantityBounds(item) ?? null,
    description: null,
    discount: money(item.amount_discount),
    discountAmounts: null,
    id: item.id,
    images: [],
    name: item.description ?? 'Item',
    quantity: item.quantity ?? 1,
    recurring: price?.recurring
      ? {
          interval: price.recurring.interval,
          intervalCount: price.recurring.interval_count,
          usageType: price.recurring.usage_type,
        }
      : null,
    subtotal: money(item.amount_subtotal),
    taxAmounts: null,
    taxExclusive: money(item.amount_tax),
    taxInclusive: money(0),
    total: money(item.amount_total),
    unitAmount: money(price?.unit_amount ?? 0),
    unitLabel: null,
  }
}
