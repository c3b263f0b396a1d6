import { itemOf } from '../catalogue.ts'
import type { Queryable } from '../db/database.ts'
import type { Work } from '../payments/work.ts'
import { isEffective } from './news.ts'
import { type SubscriptionRow, saveSubscription, subscriptionRow } from './rows.ts'

/** Gives or takes what a locked subscription stands for, and brings its user's row to it. */
export async function settleSubscription(
  work: Pick<Work, 'tx' | 'parts' | 'at' | 'audit'>,
  { before, row, email }: { before: SubscriptionRow; row: SubscriptionRow; email?: string | undefined },
): Promise<void> {
  const { tx, parts, at } = work
  const isOn = isEffective(row.status)
  await saveSubscription(tx, { ...row, isEffective: row.isEffective || isOn }, at)
  if (before.status !== row.status)
    work.audit({
      event: 'subscription_changed',
      user: row.user,
      target: row.id,
      payload: { before: before.status, after: row.status },
    })
  if (!row.user) return
  const item = itemOf('plan', row.item)
  if (item && isOn) await parts.grantCards(tx, { payment: row.id, user: row.user, item }, at)
  await parts.setCards(tx, row.id, isOn ? 'active' : 'revoked')
  await updateUser(tx, row.user, { email, customer: row.customer, at })
}

/** The user's row tells about the subscription that counts: one that is running, else the one heard of last. */
async function updateUser(
  tx: Queryable,
  user: string,
  { email, customer, at }: { email: string | undefined; customer: string | undefined; at: string },
): Promise<void> {
  await lockUser(tx, user, at)
  const found = await tx.query(
    `select * from subscriptions where user_id = $1
     order by status in ('active', 'trialing', 'past_due') desc, updated_at desc, subscription_id desc limit 1`,
    [user],
  )
  const current = subscriptionRow(found.rows[0] as Record<string, unknown>)
  const isOn = isEffective(current.status)
  const isEnded = current.status === 'canceled'
  await tx.query(
    `update users set email = coalesce(email, $2), stripe_customer_id = coalesce($3, stripe_customer_id),
       stripe_subscription_id = $4, is_subscribed = $5, plan = $6, plan_monthly_cap = $7, subscription_status = $8,
       cancel_at_period_end = $9, current_period_end = $10, promo_code = coalesce($11, promo_code), updated_at = $12
     where user_id = $1`,
    [
      user,
      email ?? null,
      customer ?? null,
      current.id,
      isOn,
      isOn ? (current.item ?? 'monthly') : 'free',
      isOn ? unlimited : freeCap,
      current.status,
      current.cancelAtPeriodEnd && !isEnded,
      isEnded ? null : (current.currentPeriodEnd ?? null),
      current.promoCode ?? null,
      at,
    ],
  )
}

/** Messages a month without a subscription; with one there is no limit, which is `null`. */
const freeCap = 5
const unlimited = null

/** The user's row, made if it is new, and locked until the transaction ends. */
export async function lockUser(tx: Queryable, user: string, at: string): Promise<Record<string, unknown>> {
  await tx.query('insert into users (user_id, updated_at) values ($1, $2) on conflict do nothing', [user, at])
  const found = await tx.query('select * from users where user_id = $1 for update', [user])
  return found.rows[0] as Record<string, unknown>
}
