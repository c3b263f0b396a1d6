import { createHash, randomUUID } from 'node:crypto'
import { type Item, itemOf } from '../catalogue.ts'
import type { Queryable } from '../db/database.ts'
import { HttpError } from '../http.ts'
import { lockUser } from '../subscriptions/settle.ts'

export interface CheckoutWish {
  user: string
  email: string | undefined
  item: Item
  successUrl: string
  cancelUrl: string
  /** The caller's `Idempotency-Key`. */
  key: string | undefined
}

/** All that a session is made of, kept with the checkout: a repeated call to the provider must be the same call. */
export interface SessionRequest {
  user: string
  email: string | null
  customer: string | null
  item: string
  successUrl: string
  cancelUrl: string
}

export interface Checkout {
  id: string
  state: 'creating' | 'open' | 'completed' | 'expired'
  attempt: number
  request: SessionRequest
  sessionId: string | undefined
  url: string | undefined
  livemode: boolean
}

export interface Claimed {
  checkout: Checkout
  /** Checkouts of other plans that are still open: only one plan can be subscribed to. */
  superseded: Checkout[]
}

/**
 * The checkout that this wish leads to, in the caller's transaction: the one under its key, the one that the user has open for this item, or
 * a new one. 409 for a key that was used for another wish and for a plan while one is running.
 */
export async function claimCheckout(
  tx: Queryable,
  wish: CheckoutWish,
  { at, now }: { at: string; now: number },
): Promise<Claimed> {
  const user = await lockUser(tx, wish.user, at)
  const fingerprint = fingerprintOf(wish)
  const kept = await underKey(tx, wish.key, fingerprint)
  if (kept) return { checkout: kept, superseded: [] }
  if (wish.item.kind === 'plan' && user.is_subscribed === true)
    throw new HttpError(409, 'already_subscribed', 'a subscription is running: change it in the portal')
  if (wish.email) await tx.query('update users set email = $2 where user_id = $1', [wish.user, wish.email])
  const open = await openOne(tx, wish, now)
  const request: SessionRequest = {
    user: wish.user,
    email: wish.email ?? null,
    customer: typeof user.stripe_customer_id === 'string' ? user.stripe_customer_id : null,
    item: wish.item.id,
    successUrl: wish.successUrl,
    cancelUrl: wish.cancelUrl,
  }
  const checkout = open ?? (await insert(tx, request, at))
  if (wish.key)
    await tx.query('insert into idempotency_keys (key, fingerprint, checkout_id, created_at) values ($1, $2, $3, $4)', [
      wish.key,
      fingerprint,
      checkout.id,
      at,
    ])
  return { checkout, superseded: wish.item.kind === 'plan' ? await otherPlans(tx, wish) : [] }
}

async function otherPlans(tx: Queryable, { user, item }: CheckoutWish): Promise<Checkout[]> {
  const found = await tx.query(
    "select * from checkouts where user_id = $1 and item <> $2 and state in ('creating', 'open') order by created_at",
    [user, item.id],
  )
  return found.rows.map(checkoutOf).filter(({ request }) => itemOf('plan', request.item) !== undefined)
}

const fingerprintOf = ({ user, email, item, successUrl, cancelUrl }: CheckoutWish): string =>
  createHash('sha256')
    .update(JSON.stringify([user, email ?? null, item.id, successUrl, cancelUrl]))
    .digest('hex')

async function underKey(tx: Queryable, key: string | undefined, fingerprint: string): Promise<Checkout | undefined> {
  if (!key) return undefined
  const found = await tx.query(
    `select k.fingerprint, c.* from idempotency_keys k join checkouts c using (checkout_id) where k.key = $1`,
    [key],
  )
  const [row] = found.rows
  if (!row) return undefined
  if (row.fingerprint !== fingerprint)
    throw new HttpError(409, 'idempotency_conflict', 'this idempotency key was used with another request')
  return checkoutOf(row)
}

/** A session that ends within a minute is of no use to anybody who comes now. */
async function openOne(tx: Queryable, { user, item }: CheckoutWish, now: number): Promise<Checkout | undefined> {
  const soon = Math.floor(now / 1000) + 60
  await tx.query("update checkouts set state = 'expired' where user_id = $1 and state = 'open' and expires_at < $2", [
    user,
    soon,
  ])
  const found = await tx.query(
    `select * from checkouts where user_id = $1 and item = $2 and state in ('creating', 'open')`,
    [user, item.id],
  )
  const [row] = found.rows
  return row && checkoutOf(row)
}

async function insert(tx: Queryable, request: SessionRequest, at: string): Promise<Checkout> {
  const made = await tx.query(
    `insert into checkouts (checkout_id, user_id, item, request, state, created_at)
     values ($1, $2, $3, $4, 'creating', $5) returning *`,
    [randomUUID(), request.user, request.item, JSON.stringify(request), at],
  )
  return checkoutOf(made.rows[0] as Record<string, unknown>)
}

export const checkoutOf = (row: Record<string, unknown>): Checkout => ({
  id: String(row.checkout_id),
  state: row.state as Checkout['state'],
  attempt: Number(row.attempt),
  request: row.request as SessionRequest,
  sessionId: typeof row.session_id === 'string' ? row.session_id : undefined,
  url: typeof row.url === 'string' ? row.url : undefined,
  livemode: row.livemode === true,
})
