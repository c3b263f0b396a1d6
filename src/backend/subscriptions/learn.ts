import type { Queryable } from '../db/database.ts'
import type { SubscriptionFact } from '../payments/facts.ts'
import type { Answer, Work } from '../payments/work.ts'
import { lockSubscription, type SubscriptionRow } from './rows.ts'
import { settleSubscription } from './settle.ts'

/**
 * Takes what an event says of a subscription. Where the provider can be asked, it is asked afterwards, and its answer wins; what the event
 * says counts until then, so that nobody waits for a provider that does not answer.
 */
export async function learnSubscription(work: Work, fact: SubscriptionFact): Promise<Answer> {
  const { tx, parts, backend, at } = work
  const known = await lockSubscription(tx, fact.subscription, at)
  const customer = known.customer ?? fact.customer
  const user = known.user ?? fact.buyer.user ?? (await userOf(tx, customer))
  const said = fact.state && { ...fact.state, saidAt: fact.saidAt, rank: fact.rank }
  const isTaken = said !== undefined && parts.isNews(known, said)
  const row: SubscriptionRow = {
    ...known,
    customer,
    user,
    item: known.item ?? fact.buyer.item,
    promoCode: known.promoCode ?? fact.promoCode,
    needsRefresh: backend.stripeApi !== undefined,
    ...(isTaken && said),
  }
  await settleSubscription(work, { before: known, row, email: fact.buyer.email })
  return { status: 'updated', payment_id: row.id, ...(user && { user_id: user }), result: { status: row.status } }
}

async function userOf(tx: Queryable, customer: string | undefined): Promise<string | undefined> {
  if (!customer) return undefined
  const found = await tx.query('select user_id from users where stripe_customer_id = $1 limit 1', [customer])
  const [row] = found.rows
  return row ? String(row.user_id) : undefined
}
