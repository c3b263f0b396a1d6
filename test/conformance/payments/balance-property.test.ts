import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import Stripe from 'stripe'
import { day, openAccount, pay, startSandbox } from '../sandbox.ts'

type Step =
  | { kind: 'charge'; amount: number; card: string; currency: string; connected: boolean }
  | { kind: 'destination'; amount: number; fee: number }
  | { kind: 'direct'; amount: number; fee: number }
  | { kind: 'refund'; pick: number; part: number; reverse: boolean; connected: boolean }
  | { kind: 'evidence'; pick: number; text: string }
  | { kind: 'transfer'; amount: number }
  | { kind: 'reversal'; pick: number; amount: number }
  | { kind: 'fee refund'; pick: number; amount: number }
  | { kind: 'payout'; amount: number; connected: boolean }
  | { kind: 'cancel payout'; pick: number; connected: boolean }
  | { kind: 'topup'; amount: number }
  | { kind: 'wait'; seconds: number }

const amount = fc.integer({ min: 50, max: 50_000 })
const pick = fc.nat(20)
const connected = fc.boolean()
const card = fc.constantFrom(
  'pm_card_visa',
  'pm_card_bypassPending',
  'pm_card_createDispute',
  'pm_card_createDisputeInquiry',
  'pm_usBankAccount_success',
  'pm_card_refundFail',
)
const text = fc.constantFrom('winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence')

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('charge'), amount, card, currency: fc.constantFrom('usd', 'eur'), connected }),
  fc.record({ kind: fc.constant('destination'), amount, fee: fc.nat(2000) }),
  fc.record({ kind: fc.constant('direct'), amount, fee: fc.nat(2000) }),
  fc.record({
    kind: fc.constant('refund'),
    pick,
    part: fc.integer({ min: 1, max: 4 }),
    reverse: fc.boolean(),
    connected,
  }),
  fc.record({ kind: fc.constant('evidence'), pick, text }),
  fc.record({ kind: fc.constant('transfer'), amount }),
  fc.record({ kind: fc.constant('reversal'), pick, amount }),
  fc.record({ kind: fc.constant('fee refund'), pick, amount: fc.integer({ min: 1, max: 500 }) }),
  fc.record({ kind: fc.constant('payout'), amount, connected }),
  fc.record({ kind: fc.constant('cancel payout'), pick, connected }),
  fc.record({ kind: fc.constant('topup'), amount }),
  fc.record({ kind: fc.constant('wait'), seconds: fc.constantFrom(5, 3600, day, 10 * day) }),
) as fc.Arbitrary<Step>

const sandbox = await startSandbox()

/** A step that Stripe refuses changes nothing; what it refuses is not the property's business. */
async function take(stripe: Stripe, account: string, taken: Step): Promise<void> {
  try {
    await perform(stripe, account, taken)
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError) || (error.statusCode ?? 500) >= 500) throw error
  }
}

async function perform(stripe: Stripe, account: string, taken: Step): Promise<unknown> {
  const on = 'connected' in taken && taken.connected ? { stripeAccount: account } : {}
  switch (taken.kind) {
    case 'charge':
      return pay(stripe, taken.amount, taken.card, { currency: taken.currency }, on)
    case 'destination':
      return pay(stripe, taken.amount, 'pm_card_visa', {
        application_fee_amount: taken.fee,
        transfer_data: { destination: account },
      })
    case 'direct':
      return pay(
        stripe,
        taken.amount,
        'pm_card_visa',
        { application_fee_amount: taken.fee },
        { stripeAccount: account },
      )
    case 'refund': {
      const charge = nth((await stripe.charges.list({ limit: 100 }, on)).data, taken.pick)
      const share = Math.ceil((charge?.amount ?? 0) / taken.part)
      return (
        charge &&
        stripe.refunds.create(
          { charge: charge.id, amount: share, reverse_transfer: taken.reverse, refund_application_fee: taken.reverse },
          on,
        )
      )
    }
    case 'evidence': {
      const dispute = nth((await stripe.disputes.list({ limit: 100 })).data, taken.pick)
      return dispute && stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: taken.text } })
    }
    case 'transfer':
      return stripe.transfers.create({ amount: taken.amount, currency: 'usd', destination: account })
    case 'reversal': {
      const transfer = nth((await stripe.transfers.list({ limit: 100 })).data, taken.pick)
      return transfer && stripe.transfers.createReversal(transfer.id, { amount: taken.amount })
    }
    case 'fee refund': {
      const fee = nth((await stripe.applicationFees.list({ limit: 100 })).data, taken.pick)
      return fee && stripe.applicationFees.createRefund(fee.id, { amount: taken.amount })
    }
    case 'payout':
      return stripe.payouts.create({ amount: taken.amount, currency: 'usd' }, on)
    case 'cancel payout': {
      const payout = nth((await stripe.payouts.list({ limit: 100 }, on)).data, taken.pick)
      return payout && stripe.payouts.cancel(payout.id, {}, on)
    }
    case 'topup':
      return stripe.topups.create({ amount: taken.amount, currency: 'usd' })
    case 'wait':
      return sandbox.advance(taken.seconds)
  }
}

const nth = <Item>(items: readonly Item[], index: number): Item | undefined => items[index % Math.max(1, items.length)]

/** What the transactions of an account add up to, by status and currency. */
async function sums(stripe: Stripe, options: Stripe.RequestOptions): Promise<Record<string, number>> {
  const totals: Record<string, number> = {}
  for await (const { amount: gross, currency, fee, net, status } of stripe.balanceTransactions.list(
    { limit: 100 },
    options,
  )) {
    assert.equal(net, gross - fee)
    totals[`${status} ${currency}`] = (totals[`${status} ${currency}`] ?? 0) + net
  }
  return totals
}

async function balance(stripe: Stripe, options: Stripe.RequestOptions): Promise<Record<string, number>> {
  const found = await stripe.balance.retrieve({}, options)
  const entries = (['available', 'pending'] as const).flatMap((status) =>
    found[status].map(({ amount: held, currency }) => [`${status} ${currency}`, held] as const),
  )
  return Object.fromEntries(entries)
}

const withoutZeros = (totals: Record<string, number>) =>
  Object.fromEntries(Object.entries(totals).filter(([, total]) => total !== 0))

test('whatever happens, each balance is the sum of its transactions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const stripe = sandbox.client()
      const account = await openAccount(stripe)
      for (const taken of steps) await take(stripe, account, taken)
      for (const options of [{}, { stripeAccount: account }])
        assert.deepEqual(withoutZeros(await balance(stripe, options)), withoutZeros(await sums(stripe, options)))
      assert.deepEqual(sandbox.problems.splice(0), [])
    }),
    { numRuns: 40 },
  )
})
