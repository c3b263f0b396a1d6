import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { openDatabase } from '../../src/backend/db/open.ts'
import { createBackendApp } from '../../src/backend/server.ts'
import type { Backend } from '../../src/backend/settings.ts'
import { mockFirst } from '../../src/config/flags.ts'
import { createManualClock, type ManualClock } from '../../src/kernel/clock.ts'
import { signPayload } from '../../src/kernel/webhook-signature.ts'
import { openOutbox } from '../../src/outbox/outbox.ts'
import { notifyProvider } from '../../src/providers/notify.ts'
import { stripeProvider } from '../../src/providers/stripe.ts'

export const secret = 'whsec_test_0123456789abcdef'
export const adminToken = 'admin-token-for-tests'

export interface Bench {
  app: FastifyInstance
  backend: Backend
  clock: ManualClock
}

/** A backend of its own in mock mode; `databaseUrl` for a real server. */
export async function startBackend(
  t: TestContext,
  changes: Partial<Backend> = {},
  databaseUrl?: string,
): Promise<Bench> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-backend-'))
  const clock = createManualClock()
  const database = await openDatabase(databaseUrl)
  const outbox = await openOutbox(join(dir, 'outbox'), { clock })
  const backend: Backend = {
    flags: mockFirst,
    clock,
    database,
    outbox,
    stripe: stripeProvider(mockFirst),
    notify: notifyProvider(mockFirst, { outbox }),
    webhookSecrets: [secret],
    publicUrl: 'http://app.test',
    adminToken,
    rootDir: process.cwd(),
    build: { version: '0.0.0' },
    ...changes,
  }
  const app = await createBackendApp(backend)
  t.after(async () => {
    await app.close()
    await database.close()
    await rm(dir, { recursive: true, force: true })
  })
  return { app, backend, clock }
}

/** A paid session as Stripe would send it; `id` makes the event and the session. */
export const paidSession = (id: string, changes: Record<string, unknown> = {}) => ({
  id: `evt_${id}`,
  object: 'event',
  type: 'checkout.session.completed',
  livemode: false,
  data: {
    object: {
      id: `cs_test_${id}`,
      payment_status: 'paid',
      payment_intent: `pi_${id}`,
      amount_total: 2900,
      currency: 'usd',
      customer_details: { email: 'ada@example.test' },
      metadata: { plan: 'pro' },
      ...changes,
    },
  },
})

/** Delivers an event with a genuine signature; the answer's status and outcome. */
export async function deliver({ app, clock }: Bench, event: object, signing = secret) {
  const payload = JSON.stringify(event)
  const answer = await app.inject({
    method: 'POST',
    url: '/api/stripe_ext/webhook',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signPayload(payload, signing, Math.floor(clock.now() / 1000)),
    },
    payload,
  })
  return { status: answer.statusCode, ...(answer.json() as { outcome?: string; error?: { code: string } }) }
}

export const ordersOf = async ({ backend }: Bench): Promise<Record<string, unknown>[]> =>
  (await backend.database.query('select session_id, status from orders order by session_id')).rows
