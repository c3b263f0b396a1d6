import { randomBytes } from 'node:crypto'
import { signPayload } from '../../src/kernel/webhook-signature.ts'
import { type Bench, secret } from './support.ts'

type Fields = Record<string, unknown>

/** A purchase as Stripe tells of it, with ids of its own; every call makes another event. */
export function createStory(changes: { user?: string; pack?: string; amount?: number; currency?: string } = {}) {
  const tag = randomBytes(6).toString('hex')
  const { user = `user-${tag}`, pack = 'black', amount = 4999, currency = 'usd' } = changes
  const ids = {
    pi: `pi_${tag}`,
    ch: `ch_${tag}`,
    cs: `cs_test_${tag}`,
    re: `re_${tag}`,
    dp: `dp_${tag}`,
    sub: `sub_${tag}`,
  }
  const email = `${tag}@example.test`
  const metadata = { user, email, pack }
  let events = 0
  const event = (type: string, object: Fields, created = 1_800_000_000): Fields => ({
    id: `evt_${tag}_${events++}`,
    object: 'event',
    type,
    created,
    livemode: false,
    data: { object },
  })
  const charge = (refunded: number) => ({
    id: ids.ch,
    object: 'charge',
    payment_intent: ids.pi,
    amount,
    amount_refunded: refunded,
    refunded: refunded === amount,
  })
  const refund = (id: string, value: number, status: string) => ({
    id,
    object: 'refund',
    amount: value,
    status,
    payment_intent: ids.pi,
    charge: ids.ch,
  })
  const subscription = (status: string) => ({
    id: ids.sub,
    object: 'subscription',
    status,
    customer: `cus_${tag}`,
    metadata: { user, email, plan: 'club' },
  })
  return {
    ...ids,
    user,
    email,
    event,
    cap: (more: Fields = {}) =>
      event('payment_intent.succeeded', { id: ids.pi, amount, currency, latest_charge: ids.ch, metadata, ...more }),
    cs: (more: Fields = {}) =>
      event('checkout.session.completed', {
        id: ids.cs,
        mode: 'payment',
        payment_status: 'paid',
        payment_intent: ids.pi,
        amount_total: amount,
        currency,
        metadata,
        ...more,
      }),
    refunded: (value = amount) => event('charge.refunded', charge(value)),
    refund: (id = ids.re, value = amount, status = 'succeeded', type = 'refund.created') =>
      event(type, refund(id, value, status)),
    dispute: (status: string, type = 'charge.dispute.created') =>
      event(type, { id: ids.dp, object: 'dispute', status, charge: ids.ch, payment_intent: ids.pi }),
    subscription: (type: string, status: string, created: number) =>
      event(`customer.subscription.${type}`, subscription(status), created),
    invoicePaid: (created: number) =>
      event('invoice.paid', { id: `in_${tag}`, parent: { subscription_details: { subscription: ids.sub } } }, created),
  }
}

/** Sends a body with a genuine signature; the status and the parsed answer. */
export async function send({ app, clock }: Bench, event: object | string, signing = secret) {
  const payload = typeof event === 'string' ? event : JSON.stringify(event)
  const answer = await app.inject({
    method: 'POST',
    url: '/webhooks/stripe',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signPayload(payload, signing, Math.floor(clock.now() / 1000)),
    },
    payload,
  })
  return { status: answer.statusCode, body: answer.json() }
}

/** What a user has of a payment, and what is known of it: all that two orders of the same events must agree on. */
export async function endState({ app, backend }: Bench, story: { user: string; pi: string; email: string }) {
  const get = async (url: string) => (await app.inject(url)).json()
  const { cards } = await get(`/users/${story.user}/cards`)
  const payment = await get(`/payments/${story.pi}`)
  const { items } = await get(`/audit?target=${story.pi}`)
  const of = (name: string) => items.filter(({ event }: { event: string }) => event === name).length
  return {
    active: cards.filter(({ revoked }: { revoked: boolean }) => !revoked).length,
    total: cards.length,
    status: payment.status,
    refunded: payment.refunded,
    captures: of('gateway_capture'),
    refunds: of('gateway_refund'),
    mails: (await backend.outbox.find({ to: story.email })).length,
  }
}

export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  )
}

/** Asks the world until it says yes; the test's own time limit is the bound. */
export async function untilTrue(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 20))
}
