import type { AuditEntry } from '../audit/append.ts'
import type { Queryable } from '../db/database.ts'
import type { Parts } from '../parts.ts'
import type { Backend } from '../settings.ts'
import { learnSubscription } from '../subscriptions/learn.ts'
import { learnAliases, paymentOf } from './aliases.ts'
import type { Incoming } from './facts.ts'
import { learn, type PaymentFact } from './learn.ts'
import { reconcile } from './reconcile.ts'
import { lockPayment } from './rows.ts'
import type { Answer, Work } from './work.ts'

/** `applied`: it was taken; `repeated`: this event was here before; `ignored`: nothing to do for this type. */
export interface Applied {
  outcome: 'applied' | 'repeated' | 'ignored'
  answer: Answer
}

/**
 * Applies an event exactly once: its id, what it tells, what follows from that and the audit records are one transaction. Orders of the
 * Stage 6 checkout are looked at first by `orders`; true means that the event was theirs.
 */
export async function applyIncoming(
  { backend, parts }: { backend: Backend; parts: Parts },
  incoming: Incoming,
  orders?: (tx: Queryable, at: string) => Promise<{ isTheirs: boolean; hasChanged: boolean }>,
): Promise<Applied> {
  if (incoming.facts.length === 0)
    return { outcome: 'ignored', answer: { status: 'ignored', reason: 'unsupported_event_type' } }
  const at = new Date(backend.clock.now()).toISOString()
  return backend.database.transaction(async (tx) => {
    const isNew = await parts.claimEvent(tx, incoming, at)
    if (!isNew) return { outcome: 'repeated', answer: await repeated(tx, incoming) }
    const entries: AuditEntry[] = []
    const work: Work = { tx, backend, parts, incoming, at, audit: (entry) => entries.push(entry) }
    const ordered = await orders?.(tx, at)
    if (ordered?.isTheirs) {
      const payload = { event: incoming.id, changed: ordered.hasChanged }
      await parts.appendAudit(tx, [{ event: incoming.type, target: incoming.target, payload }], at)
      return { outcome: ordered.hasChanged ? 'applied' : 'ignored', answer: { status: 'updated' } }
    }
    const answer = await takeFacts(work)
    entries.push({
      event: 'webhook_processed',
      user: answer.user_id,
      target: answer.payment_id ?? incoming.target,
      payload: { event: incoming.id, type: incoming.type, gateway: incoming.gateway },
    })
    await parts.appendAudit(tx, entries, at)
    return { outcome: 'applied', answer }
  })
}

async function takeFacts(work: Work): Promise<Answer> {
  const { incoming, tx } = work
  let answer: Answer = { status: 'updated' }
  for (const fact of incoming.facts) {
    if (fact.kind === 'session')
      await tx.query("update checkouts set state = $2 where session_id = $1 and state = 'open'", [
        fact.session,
        fact.state,
      ])
    if (fact.kind === 'subscription') answer = await learnSubscription(work, fact)
  }
  const facts = incoming.facts.filter((fact): fact is PaymentFact => 'payment' in fact)
  return facts.length > 0 ? takePaymentFacts(work, facts) : answer
}

/** All facts of one event are about one payment. */
async function takePaymentFacts(work: Work, facts: PaymentFact[]): Promise<Answer> {
  const { tx, incoming, at } = work
  const payment = await paymentOf(tx, (facts[0] as PaymentFact).payment)
  const locked = await lockPayment(tx, payment, incoming.gateway, at)
  await learnAliases(
    tx,
    payment,
    facts.flatMap((fact) => ('aliases' in fact ? fact.aliases : [])).filter((alias) => alias !== payment),
  )
  const again = await lockPayment(tx, payment, incoming.gateway, at)
  let row = { ...again, status: locked.status }
  for (const fact of facts) row = await learn(work, row, fact)
  return reconcile(work, row)
}

async function repeated(tx: Queryable, { facts }: Incoming): Promise<Answer> {
  const fact = facts.find((each): each is PaymentFact => 'payment' in each)
  if (!fact) return { status: 'updated', result: { status: 'ALREADY_PROCESSED' } }
  const payment = await paymentOf(tx, fact.payment)
  const found = await tx.query('select purchase_id::text as id, user_id from purchases where payment_id = $1', [
    payment,
  ])
  const [purchase] = found.rows
  const isRefund = fact.kind === 'refund' || fact.kind === 'refund-total'
  return {
    status: isRefund ? 'refunded' : fact.kind === 'captured' ? 'captured' : 'updated',
    payment_id: payment,
    ...(purchase && { user_id: String(purchase.user_id) }),
    result: {
      status: isRefund ? 'already_refunded' : 'ALREADY_PROCESSED',
      ...(purchase && { purchase_id: Number(purchase.id) }),
    },
  }
}
