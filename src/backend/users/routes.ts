import type { FastifyInstance } from 'fastify'
import { HttpError } from '../http.ts'
import { paymentOf } from '../payments/aliases.ts'
import type { Backend } from '../settings.ts'
import { ownId } from '../webhooks/tenants.ts'

interface ById {
  Params: { id: string }
  Querystring: { tenant?: string }
}

/** What users have: `GET /users/:id`, `/users/:id/cards`, `/users/:id/purchases`, `/payments/:id`. */
export function registerUsers(app: FastifyInstance, { database }: Backend): void {
  app.get<ById>('/users/:id', async ({ params }) => {
    const found = await database.query('select * from users where user_id = $1', [idOf(params)])
    const [row] = found.rows
    if (!row) throw new HttpError(404, 'not_found', 'no such user')
    return {
      userId: row.user_id,
      email: row.email,
      stripeCustomerId: row.stripe_customer_id,
      stripeSubscriptionId: row.stripe_subscription_id,
      isSubscribed: row.is_subscribed,
      plan: row.plan,
      plan_monthly_cap: row.plan_monthly_cap,
      subscriptionStatus: row.subscription_status,
      cancelAtPeriodEnd: row.cancel_at_period_end,
      ...(row.current_period_end !== null && { currentPeriodEnd: Number(row.current_period_end) }),
      promoCode: row.promo_code,
      updatedAt: row.updated_at,
    }
  })

  app.get<ById>('/users/:id/cards', async ({ params, query }) => {
    const found = await database.query(
      `select card_id as id, payment_id, position, pack, state, state <> 'active' as revoked, created_at
       from cards where user_id = $1 order by created_at, payment_id, position`,
      [ownId(tenantIn(query), idOf(params))],
    )
    const prefix = ownId(tenantIn(query), '')
    return { cards: found.rows.map((row) => ({ ...row, payment_id: String(row.payment_id).slice(prefix.length) })) }
  })

  app.get<ById>('/users/:id/purchases', async ({ params }) => {
    const found = await database.query(
      `select purchase_id::int as id, payment_id, item, amount::text as amount, currency, status, created_at
       from purchases where user_id = $1 order by purchase_id`,
      [idOf(params)],
    )
    return { purchases: found.rows.map((row) => ({ ...row, amount: Number(row.amount) })) }
  })

  app.get<ById>('/payments/:id', async ({ params, query }) => {
    const own = await paymentOf(database, ownId(tenantIn(query), idOf(params)))
    const found = await database.query('select * from payments where payment_id = $1', [own])
    const id = own.slice(ownId(tenantIn(query), '').length)
    const [row] = found.rows
    if (!row) throw new HttpError(404, 'not_found', 'no such payment')
    return {
      id,
      gateway: row.gateway,
      user_id: row.user_id,
      item: row.item,
      amount: row.amount === null ? null : Number(row.amount),
      currency: row.currency,
      status: row.status,
      refunded: Number(row.refunded),
      created_at: row.created_at,
      updated_at: row.updated_at,
    }
  })
}

/** Whose user or payment is asked for, where it is not the application's own. */
const tenantIn = ({ tenant }: { tenant?: string }): string | undefined =>
  typeof tenant === 'string' && /^[a-z][a-z0-9-]{0,31}$/.test(tenant) ? tenant : undefined

const idOf = ({ id }: { id: string }): string => id.replaceAll('\0', '').slice(0, 255)
