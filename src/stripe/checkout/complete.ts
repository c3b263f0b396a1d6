import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import { confirmIntent } from '../payment/confirm.ts'
import type { PaymentIntent } from '../payment/intent.ts'
import { formatMoney } from '../payment/money.ts'
import type { PaymentMethod } from '../payment/payment-method.ts'
import { previousAttributes } from '../protocol/diff.ts'
import { confirmSetup } from '../setup/confirm.ts'
import type { SetupIntent } from '../setup/intent.ts'
import { locationUnknown } from '../tax/location.ts'
import type { Given, Stored } from '../wire.ts'
import { reprice } from './adjust.ts'
import { countCompletion } from './payment-link.ts'
import { dataOf, type Session } from './session.ts'
import { firstIntentOf, openSubscription, payFirst } from './subscription.ts'
import { asksAddress, savesAddress } from './tax.ts'

export interface Payer {
  method: PaymentMethod
  email: string | null
  name: string | null
}

/** What the customer has to do next: nothing, or pass the challenge at `url`. */
export interface Submitted {
  session: Session
  challenge?: string
}

/**
 * The customer pressed the button: pays, subscribes or sets up, and completes the session. A decline is thrown as Stripe's 402, and the
 * session stays open for another card. Order of events: docs.stripe.com/payments/checkout/how-checkout-works.
 */
export function submitSession(ctx: Context, session: Session, payer: Payer): Submitted {
  rememberPayer(ctx, session, payer)
  if (session.mode === 'setup') return submitSetup(ctx, session, payer)
  if (session.automatic_tax.enabled) needSameTotal(session, reprice(ctx, session))
  const customer = customerFor(ctx, session, payer)
  if (session.mode === 'subscription') {
    const intent = payFirst(ctx, session, customer ?? '', payer.method)
    if (intent?.status === 'requires_action') return waiting(ctx, session, intent)
    openSubscription(ctx, session, customer ?? '', payer.method.id)
    return complete(ctx, session.id)
  }
  if ((session.amount_total ?? 0) === 0) return complete(ctx, session.id)
  const intent = ctx.tables.payment_intent.get(session.payment_intent ?? '') ?? createIntent(ctx, session, customer)
  const confirmed = confirmIntent(ctx, intent, { payment_method: payer.method.id, return_url: returnUrl(ctx, session) })
  return confirmed.status === 'requires_action' ? waiting(ctx, session, confirmed) : complete(ctx, session.id)
}

/** Nobody pays a tax that was not shown before. */
function needSameTotal(shown: Session, { amount_total, automatic_tax, currency }: Session): void {
  if (automatic_tax.status !== 'complete') throw locationUnknown()
  if (shown.amount_total === amount_total) return
  const total = formatMoney(amount_total ?? 0, currency ?? 'usd')
  throw stripeError(
    400,
    'checkout_amount_mismatch',
    `With the tax at your address the total is ${total}. Pay again to accept it.`,
  )
}

/** Goes on after a challenge: completes the session when its intent got through, else leaves it open. */
export function resumeSession(ctx: Context, session: Session): Submitted {
  if (session.status !== 'open') return { session }
  const intent = intentOf(ctx, session)
  if (intent?.status !== 'succeeded' && intent?.status !== 'requires_capture') return { session }
  if (session.mode === 'subscription')
    openSubscription(ctx, session, session.customer ?? '', intent.payment_method ?? '')
  return complete(ctx, session.id)
}

/** The intent behind a session, whatever its mode; undefined before the first attempt. */
export const intentOf = (ctx: Context, session: Session): PaymentIntent | SetupIntent | undefined =>
  ctx.tables.payment_intent.get(session.payment_intent ?? '') ??
  ctx.tables.setup_intent.get(session.setup_intent ?? '') ??
  firstIntentOf(ctx, session)

function complete(ctx: Context, id: string): Submitted {
  const session = ctx.tables['checkout.session'].need(id)
  const intent = ctx.tables.payment_intent.get(session.payment_intent ?? '')
  const done = ctx.tables['checkout.session'].patch(id, {
    status: 'complete',
    payment_status: paymentStatus(session, intent),
    url: null,
  })
  ctx.unschedule('checkout.session', 'expire', id)
  ctx.emit('checkout.session.completed', done)
  if (done.payment_link) countCompletion(ctx, done.payment_link)
  return { session: done }
}

function paymentStatus(session: Session, intent: PaymentIntent | undefined): Session['payment_status'] {
  if (session.mode === 'setup' || session.amount_total === 0) return 'no_payment_required'
  return intent && intent.status !== 'succeeded' ? 'unpaid' : 'paid'
}

function waiting(ctx: Context, session: Session, intent: PaymentIntent | SetupIntent): Submitted {
  const url = intent.next_action?.redirect_to_url?.url
  return { session: ctx.tables['checkout.session'].need(session.id), ...(url && { challenge: url }) }
}

const returnUrl = (ctx: Context, session: Session): string => ctx.url(`/c/pay/${session.id}/return`)

function createIntent(ctx: Context, session: Session, customer: string | null): PaymentIntent {
  const data = dataOf(ctx, session.id).payment_intent_data as Given<PaymentIntent> | undefined
  const id = ctx.newId('payment_intent')
  const intent = ctx.tables.payment_intent.create({
    id,
    amount: session.amount_total ?? 0,
    amount_capturable: 0,
    amount_received: 0,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${ctx.newSecret(25)}`,
    confirmation_method: 'automatic',
    currency: session.currency ?? 'usd',
    customer,
    metadata: {},
    payment_method_types: session.payment_method_types,
    status: 'requires_payment_method',
    ...data,
  })
  ctx.tables['checkout.session'].patch(session.id, { payment_intent: id })
  ctx.emit('payment_intent.created', intent)
  return intent
}

function submitSetup(ctx: Context, session: Session, payer: Payer): Submitted {
  const customer = customerFor(ctx, session, payer)
  const id = session.setup_intent ?? ctx.newId('setup_intent')
  const data = dataOf(ctx, session.id).setup_intent_data as Given<SetupIntent> | undefined
  const known = ctx.tables.setup_intent.get(id)
  const intent =
    known ??
    ctx.tables.setup_intent.create({
      id,
      client_secret: `${id}_secret_${ctx.newSecret(25)}`,
      customer,
      metadata: {},
      payment_method_types: session.payment_method_types,
      status: 'requires_payment_method',
      usage: 'off_session',
      ...data,
    })
  if (!known) ctx.emit('setup_intent.created', intent)
  ctx.tables['checkout.session'].patch(session.id, { setup_intent: id })
  const confirmed = confirmSetup(ctx, intent, payer.method, { return_url: returnUrl(ctx, session) })
  return confirmed.status === 'requires_action' ? waiting(ctx, session, confirmed) : complete(ctx, session.id)
}

function rememberPayer(ctx: Context, session: Session, { email, method, name }: Payer): void {
  ctx.tables['checkout.session'].patch(session.id, {
    customer_details: {
      address: { ...emptyAddress, ...method.billing_details.address },
      business_name: null,
      email,
      individual_name: name,
      name,
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
  })
}

const emptyAddress = { city: null, country: null, line1: null, line2: null, postal_code: null, state: null }

/** The session's customer, made now where the mode or `customer_creation` wants one; a guest has none. */
function customerFor(ctx: Context, session: Session, { email, name }: Payer): string | null {
  const { customer: known, customer_details } = ctx.tables['checkout.session'].need(session.id)
  const address = asksAddress(ctx, session) ? (customer_details?.address ?? null) : null
  if (known && address && savesAddress(ctx, session.id)) saveAddress(ctx, known, address)
  if (known) return known
  if (session.mode === 'payment' && session.customer_creation !== 'always') return null
  if (session.mode === 'setup' && session.customer_creation !== 'always') return null
  const customer: Stored<'customer'> = ctx.tables.customer.create({
    address,
    email,
    invoice_prefix: ctx.newSecret(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    metadata: {},
    name,
    phone: null,
    preferred_locales: ['en'],
    tax_exempt: 'none',
  })
  ctx.tables['checkout.session'].patch(session.id, { customer: customer.id })
  ctx.emit('customer.created', customer)
  return customer.id
}

function saveAddress(ctx: Context, id: string, address: Given<Stored<'customer'>>['address']): void {
  const before = ctx.tables.customer.need(id)
  const after = ctx.tables.customer.patch(id, { address })
  const previous = previousAttributes(before, after)
  if (previous) ctx.emit('customer.updated', after, previous)
}
