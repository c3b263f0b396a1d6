import type { Queryable } from '../db/database.ts'
import type { Said } from './news.ts'

/** A row of `subscriptions` as this code works with it. */
export interface SubscriptionRow extends Said {
  id: string
  user: string | undefined
  customer: string | undefined
  item: string | undefined
  promoCode: string | undefined
  cancelAtPeriodEnd: boolean
  currentPeriodEnd: number | undefined
  needsRefresh: boolean
  /** Number of the newest answer of the provider that was taken. */
  ticket: number
  /** It has given its subscriber something at least once. */
  isEffective: boolean
}

/** The subscription, made if it is new, and locked until the transaction ends. */
export async function lockSubscription(tx: Queryable, id: string, at: string): Promise<SubscriptionRow> {
  await tx.query('insert into subscriptions (subscription_id, updated_at) values ($1, $2) on conflict do nothing', [
    id,
    at,
  ])
  const found = await tx.query('select * from subscriptions where subscription_id = $1 for update', [id])
  return subscriptionRow(found.rows[0] as Record<string, unknown>)
}

export const subscriptionRow = (row: Record<string, unknown>): SubscriptionRow => ({
  id: String(row.subscription_id),
  user: textOf(row.user_id),
  customer: textOf(row.customer_id),
  item: textOf(row.item),
  promoCode: textOf(row.promo_code),
  status: String(row.status),
  saidAt: Number(row.said_at),
  rank: Number(row.said_rank),
  cancelAtPeriodEnd: row.cancel_at_period_end === true,
  currentPeriodEnd: row.current_period_end === null ? undefined : Number(row.current_period_end),
  needsRefresh: row.needs_refresh === true,
  ticket: Number(row.ticket),
  isEffective: row.is_effective === true,
})

export async function saveSubscription(tx: Queryable, row: SubscriptionRow, at: string): Promise<void> {
  await tx.query(
    `update subscriptions set user_id = $2, customer_id = $3, item = $4, promo_code = $5, status = $6, said_at = $7,
       said_rank = $8, cancel_at_period_end = $9, current_period_end = $10, needs_refresh = $11, ticket = $12,
       is_effective = $13, updated_at = $14
     where subscription_id = $1`,
    [
      row.id,
      row.user ?? null,
      row.customer ?? null,
      row.item ?? null,
      row.promoCode ?? null,
      row.status,
      row.saidAt,
      row.rank,
      row.cancelAtPeriodEnd,
      row.currentPeriodEnd ?? null,
      row.needsRefresh,
      row.ticket,
      row.isEffective,
      at,
    ],
  )
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
