import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import Stripe from 'stripe'

/** Small, so that snapshots are made and killed too. */
const compactAfterBytes = 60_000

async function start(context: TestContext, dir: string): Promise<{ url: URL; kill(): Promise<void> }> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--import', 'tsx', 'test/crash/writer.ts', dir, String(compactAfterBytes)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = async () => {
    child.kill('SIGKILL')
    await ended
  }
  context.after(kill)
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).once('line', resolve)
    child.once('exit', () => reject(new Error('the sandbox did not start')))
  })
  return { url: new URL(url), kill }
}

const clientOf = (url: URL): Stripe =>
  new Stripe('sk_test_crash', {
    host: url.hostname,
    port: Number(url.port),
    protocol: 'http',
    maxNetworkRetries: 0,
    timeout: 5000,
  })

interface Acknowledged {
  key: string
  payment: Stripe.PaymentIntent
}

/** Pays, one payment after the other, until the server is gone. */
async function payUntilKilled(url: URL, worker: string, acknowledge: (paid: Acknowledged) => void): Promise<void> {
  const stripe = clientOf(url)
  for (let count = 0; ; count++) {
    const key = `${worker}-${count}`
    try {
      const payment = await stripe.paymentIntents.create(
        {
          amount: 1000 + count,
          currency: 'usd',
          payment_method: 'pm_card_visa',
          confirm: true,
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
          metadata: { key },
        },
        { idempotencyKey: key },
      )
      acknowledge({ key, payment })
    } catch (error) {
      if (error instanceof Stripe.errors.StripeConnectionError) return
      throw error
    }
  }
}

async function all<T extends { id: string }>(list: Stripe.ApiListPromise<T>): Promise<T[]> {
  return list.autoPagingToArray({ limit: 10_000 })
}

test('killed at any moment, the sandbox has everything it acknowledged and nothing by halves', async (context) => {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-crash-'))
  context.after(() => rm(dir, { recursive: true, force: true }))
  const acknowledged: Acknowledged[] = []

  for (const [round, payments] of [3, 30, 12, 50].entries()) {
    const { url, kill } = await start(context, dir)
    const enough = acknowledged.length + payments
    const acknowledge = (paid: Acknowledged) => {
      // While the others are on their way, and at no particular point of it.
      if (acknowledged.push(paid) === enough) setTimeout(kill, Math.random() * 8)
    }
    await Promise.all([1, 2, 3, 4].map((worker) => payUntilKilled(url, `r${round}w${worker}`, acknowledge)))
  }

  const { url } = await start(context, dir)
  const stripe = clientOf(url)
  const payments = new Map((await all(stripe.paymentIntents.list({ limit: 100 }))).map((each) => [each.id, each]))
  for (const { payment } of acknowledged) assert.deepEqual(payments.get(payment.id), payment)

  const charges = new Set((await all(stripe.charges.list({ limit: 100 }))).map(({ id }) => id))
  const transactions = (await all(stripe.balanceTransactions.list({ limit: 100 }))).map(({ source }) => source)
  const events = await all(stripe.events.list({ limit: 100, type: 'payment_intent.succeeded' }))
  const announced = new Set(events.map((event) => (event.data.object as Stripe.PaymentIntent).id))
  for (const { id, latest_charge } of payments.values()) {
    assert.ok(charges.has(String(latest_charge)), `${id} has its charge`)
    assert.ok(announced.has(id), `${id} has its event`)
  }
  assert.equal(charges.size, payments.size)
  assert.deepEqual(new Set(transactions), charges)

  const { key, payment } = acknowledged.at(-1)!
  const again = await stripe.paymentIntents.create(
    {
      amount: payment.amount,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata: { key },
    },
    { idempotencyKey: key },
  )
  assert.equal(again.id, payment.id)
  const files = await readdir(dir)
  assert.ok(
    files.some((file) => file.startsWith('snapshot-')),
    `no snapshot was made: ${files}`,
  )
})
