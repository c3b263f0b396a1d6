import type { Context } from '../define.ts'
import { stripeError } from '../error.ts'
import type { Given, Stored } from '../wire.ts'

export type Authorization = Stored<'issuing.authorization'>
type IssuedCard = Stored<'issuing.card'>
type Reason = Authorization['request_history'][number]['reason']

export const merchant = {
  category: 'computer_software_stores',
  category_code: '5734',
  city: 'San Francisco',
  country: 'US',
  name: 'Sandbox Merchant',
  network_id: '1234567890',
  postal_code: '94111',
  state: 'CA',
  tax_id: null,
  terminal_id: null,
  url: null,
}

export interface AuthorizationOrder {
  card: string
  amount?: number
  currency?: string
  authorization_method?: Authorization['authorization_method']
  merchant_data?: Given<Authorization>['merchant_data']
  wallet?: string
}

/** A shop asks for money: approved where the card and its limits allow it, at once. Source: docs.stripe.com/issuing/testing. */
export function authorize(ctx: Context, order: AuthorizationOrder, { asksAccount = false } = {}): Authorization {
  const card = ctx.tables['issuing.card'].need(order.card, 'card')
  const amount = order.amount ?? 100
  const currency = (order.currency ?? card.currency).toLowerCase()
  const merchant_data = { ...merchant, ...order.merchant_data }
  const reason = refusalOf(ctx, card, amount, merchant_data)
  const approved = reason === undefined
  const authorization = ctx.tables['issuing.authorization'].create({
    amount: approved ? amount : 0,
    amount_details: { atm_fee: null, cashback_amount: null },
    approved,
    authorization_method: order.authorization_method ?? 'online',
    balance_transactions: [],
    card,
    cardholder: card.cardholder.id,
    currency,
    merchant_amount: approved ? amount : 0,
    merchant_currency: currency,
    merchant_data,
    metadata: {},
    request_history: [
      {
        amount,
        amount_details: { atm_fee: null, cashback_amount: null },
        approved,
        authorization_code: approved ? '123456' : null,
        created: ctx.now,
        currency,
        merchant_amount: amount,
        merchant_currency: currency,
        network_risk_score: null,
        reason: reason ?? 'webhook_approved',
        reason_message: null,
        requested_at: ctx.now,
      },
    ],
    status: approved ? 'pending' : 'closed',
    transactions: [],
    verification_data: {
      address_line1_check: 'not_provided',
      address_postal_code_check: 'not_provided',
      cvc_check: 'match',
      expiry_check: 'match',
    },
    wallet: order.wallet ?? null,
  })
  if (asksAccount) ctx.emit('issuing_authorization.request', requestOf(authorization))
  ctx.emit('issuing_authorization.created', authorization)
  return authorization
}

/** The authorization while the account is asked: nothing is decided or set aside yet. */
function requestOf(authorization: Authorization): Given<Authorization> {
  const [request] = authorization.request_history
  return {
    ...authorization,
    amount: 0,
    approved: false,
    merchant_amount: 0,
    pending_request: {
      amount: request?.amount ?? 0,
      amount_details: { atm_fee: null, cashback_amount: null },
      currency: authorization.currency,
      is_amount_controllable: false,
      merchant_amount: request?.merchant_amount ?? 0,
      merchant_currency: authorization.merchant_currency,
      network_risk_score: null,
    },
    request_history: [],
    status: 'pending',
  }
}

interface Limit {
  amount: number
  categories: readonly string[] | null
  interval: string
}

function refusalOf(
  ctx: Context,
  card: IssuedCard,
  amount: number,
  shop: Given<Authorization>['merchant_data'],
): Reason | undefined {
  const holder = ctx.tables['issuing.cardholder'].get(card.cardholder.id)
  if (card.status === 'canceled') return 'card_canceled'
  if (card.status !== 'active') return 'card_inactive'
  if (holder?.status === 'blocked') return 'cardholder_blocked'
  if (holder?.status !== 'active') return 'cardholder_inactive'
  const { allowed_categories, blocked_categories, spending_limits } = card.spending_controls
  const category = String(shop?.category)
  if (blocked_categories?.some((each) => each === category)) return 'spending_controls'
  if (allowed_categories?.length && !allowed_categories.some((each) => each === category)) return 'spending_controls'
  return (spending_limits ?? []).some((limit) => isOver(ctx, card.id, amount, category, limit))
    ? 'spending_controls'
    : undefined
}

const secondsIn: Record<string, number> = {
  daily: 86_400,
  weekly: 7 * 86_400,
  monthly: 30 * 86_400,
  yearly: 365 * 86_400,
  all_time: Number.POSITIVE_INFINITY,
}

/** What was spent within the interval and this amount together; `per_authorization` looks at this amount alone. */
function isOver(
  ctx: Context,
  card: string,
  amount: number,
  category: string,
  { amount: limit, categories, interval }: Limit,
): boolean {
  if (categories?.length && !categories.includes(category)) return false
  if (interval === 'per_authorization') return amount > limit
  const since = ctx.now - (secondsIn[interval] ?? 0)
  let spent = amount
  for (const each of ctx.tables['issuing.authorization'].all())
    if (each.card.id === card && each.approved && each.status !== 'reversed' && each.created > since)
      spent += each.amount
  return spent > limit
}

/** Only while the money is set aside. */
export function needPending(authorization: Authorization, what: string): void {
  if (authorization.status === 'pending') return
  throw stripeError(
    400,
    undefined,
    `You cannot ${what} an authorization with status ${authorization.status}: it must be pending.`,
  )
}

/** The shop takes the money, or part of it. */
export function captureAuthorization(
  ctx: Context,
  authorization: Authorization,
  amount: number,
  isLast: boolean,
): Authorization {
  needPending(authorization, 'capture')
  if (amount > authorization.amount)
    throw stripeError(
      400,
      undefined,
      'The capture amount cannot be greater than the authorized amount.',
      'capture_amount',
    )
  const transaction = ctx.tables['issuing.transaction'].create({
    amount: -amount,
    amount_details: { atm_fee: null, cashback_amount: null },
    authorization: authorization.id,
    card: authorization.card.id,
    cardholder: authorization.cardholder,
    currency: authorization.currency,
    merchant_amount: -amount,
    merchant_currency: authorization.merchant_currency,
    merchant_data: authorization.merchant_data,
    metadata: {},
    type: 'capture',
  })
  ctx.emit('issuing_transaction.created', transaction)
  return move(ctx, authorization, {
    amount: isLast ? 0 : authorization.amount - amount,
    status: isLast ? 'closed' : 'pending',
    transactions: [...authorization.transactions, transaction],
  })
}

/** Lays fields over an authorisation and tells of `issuing_authorization.updated`. */
export function move(ctx: Context, { id }: Authorization, fields: Given<Authorization>): Authorization {
  const moved = ctx.tables['issuing.authorization'].patch(id, fields)
  ctx.emit('issuing_authorization.updated', moved)
  return moved
}
