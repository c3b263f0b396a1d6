import type { Context } from '../define.ts'
import { moveIntent } from '../payment/intent.ts'
import { giveBackDiscounts } from './adjust.ts'
import { keepLineItems, lineItemsOf } from './line-items.ts'
import { dataOf, keepData, type Session } from './session.ts'

/** How long the address of an expired session opens a new one, in seconds: docs.stripe.com/payments/checkout/abandoned-carts. */
const secondsRecoverable = 30 * 24 * 3600

/**
 * Ends an open session; its page says so from then on. What it had redeemed is free again, a payment that was begun is canceled, and where
 * the shop asked for it an address is made at which the customer can begin anew.
 */
export function expireSession(ctx: Context, session: Session): Session {
  const recovery = session.after_expiration?.recovery
  const expired = ctx.tables['checkout.session'].patch(session.id, {
    status: 'expired',
    url: null,
    ...(recovery?.enabled && {
      after_expiration: {
        recovery: { ...recovery, expires_at: ctx.now + secondsRecoverable, url: ctx.url(`/r/${session.id}`) },
      },
    }),
  })
  ctx.unschedule('checkout.session', 'expire', session.id)
  giveBackDiscounts(ctx, expired)
  cancelIntent(ctx, session.payment_intent)
  ctx.emit('checkout.session.expired', expired)
  return expired
}

function cancelIntent(ctx: Context, id: string | null): void {
  const intent = ctx.tables.payment_intent.get(id ?? '')
  if (!intent || !['requires_payment_method', 'requires_action', 'requires_confirmation'].includes(intent.status))
    return
  moveIntent(
    ctx,
    intent,
    { canceled_at: ctx.now, cancellation_reason: 'expired', next_action: null, status: 'canceled' },
    'payment_intent.canceled',
  )
}

/** The session that goes on where an expired one stopped; undefined where none may. One that is open already is used again. */
export function recoverSession(ctx: Context, session: Session): Session | undefined {
  const recovery = session.after_expiration?.recovery
  if (!recovery?.url || (recovery.expires_at ?? 0) <= ctx.now) return undefined
  const sessions = ctx.tables['checkout.session']
  const open = [...sessions.all()].find(
    ({ expires_at, recovered_from, status }) =>
      recovered_from === session.id && status === 'open' && expires_at > ctx.now,
  )
  return open ?? reopen(ctx, session, recovery)
}

type Recovery = NonNullable<NonNullable<Session['after_expiration']>['recovery']>

function reopen(ctx: Context, session: Session, recovery: Recovery): Session {
  const id = ctx.newId('checkout.session')
  const items = lineItemsOf(session.id, ctx.account).map((item) => ({
    ...item,
    id: ctx.newId('item'),
    amount_discount: 0,
    amount_total: item.amount_subtotal,
  }))
  const { first_intent: _, subscription_data, ...data } = dataOf(ctx, session.id)
  const { discounts: __, ...plain } = subscription_data ?? {}
  const expires_at = ctx.now + 24 * 3600
  keepLineItems(ctx, id, items)
  keepData(ctx, id, { ...data, ...(subscription_data && { subscription_data: plain }) })
  ctx.schedule('checkout.session', 'expire', id, expires_at)
  return ctx.tables['checkout.session'].create({
    ...session,
    id,
    allow_promotion_codes: recovery.allow_promotion_codes,
    amount_total: session.amount_subtotal,
    created: ctx.now,
    discounts: null,
    expires_at,
    after_expiration: { recovery: { ...recovery, expires_at: null, url: null } },
    payment_intent: null,
    recovered_from: session.id,
    setup_intent: null,
    status: 'open',
    subscription: null,
    total_details: session.total_details && { ...session.total_details, amount_discount: 0 },
    url: ctx.url(`/c/pay/${id}`),
  })
}
