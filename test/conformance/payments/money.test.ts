import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours, rows } from '../behaviour.ts'
import { day, eventTypes, pay, refusal } from '../sandbox.ts'

const usd = async (stripe: Stripe) => {
  const { available, pending } = await stripe.balance.retrieve()
  const of = (list: Stripe.Balance.Pending[]) => list.find(({ currency }) => currency === 'usd')?.amount
  return { available: of(available), pending: of(pending) }
}

const transactionOf = async (stripe: Stripe, intent: Stripe.PaymentIntent) => {
  const charge = await stripe.charges.retrieve(String(intent.latest_charge), { expand: ['balance_transaction'] })
  return charge.balance_transaction as Stripe.BalanceTransaction
}

const behaviours: Behaviour[] = [
  ...rows(
    [
      { amount: 50, fee: 31 },
      { amount: 1000, fee: 59 },
      { amount: 1999, fee: 88 },
      { amount: 123_456, fee: 3610 },
    ],
    ({ amount, fee }) => ({
      promise: `a card charge of ${amount} costs 2.9 % and 30: ${fee}`,
      page: 'api/balance_transactions/object',
      async check(stripe) {
        const transaction = await transactionOf(stripe, await pay(stripe, amount))
        assert.deepEqual([transaction.amount, transaction.fee, transaction.net], [amount, fee, amount - fee])
        assert.equal(
          transaction.fee_details.reduce((sum, detail) => sum + detail.amount, 0),
          fee,
        )
        assert.equal(transaction.type, 'charge')
      },
    }),
  ),
  {
    promise: 'funds are pending first and available at midnight within two days',
    page: 'payouts#pending-and-available',
    async check(stripe, sandbox) {
      const transaction = await transactionOf(stripe, await pay(stripe, 1000))
      assert.equal(transaction.status, 'pending')
      assert.equal(transaction.available_on % day, 0)
      assert.deepEqual(await usd(stripe), { available: 0, pending: 941 })

      sandbox.advance(2 * day)

      assert.deepEqual(await usd(stripe), { available: 941, pending: 0 })
      assert.equal((await stripe.balanceTransactions.retrieve(transaction.id)).status, 'available')
      assert.equal((await eventTypes(stripe)).at(-1), 'balance.available')
    },
  },
  {
    promise: 'the bypass card pays into the available balance at once',
    page: 'testing#available-balance',
    async check(stripe) {
      await pay(stripe, 1000, 'pm_card_bypassPending')
      assert.deepEqual(await usd(stripe), { available: 941, pending: 0 })
    },
  },
  {
    promise: 'a refund takes its amount and leaves the fee with Stripe',
    page: 'refunds',
    async check(stripe) {
      const intent = await pay(stripe, 1000, 'pm_card_bypassPending')
      await stripe.refunds.create({ payment_intent: intent.id })
      assert.deepEqual(await usd(stripe), { available: -59, pending: 0 })
      const { data } = await stripe.balanceTransactions.list({ type: 'refund' })
      assert.deepEqual(
        data.map(({ amount, fee }) => [amount, fee]),
        [[-1000, 0]],
      )
    },
  },
  {
    promise: 'a refund of pending funds is pending as well',
    page: 'refunds',
    async check(stripe) {
      const intent = await pay(stripe, 1000)
      await stripe.refunds.create({ payment_intent: intent.id, amount: 400 })
      assert.deepEqual(await usd(stripe), { available: 0, pending: 541 })
    },
  },
  {
    promise: 'transactions are listed by type, currency and source',
    page: 'api/balance_transactions/list',
    async check(stripe) {
      const intent = await pay(stripe, 1000)
      await pay(stripe, 2000, 'pm_card_visa', { currency: 'eur' })
      const byCurrency = await stripe.balanceTransactions.list({ currency: 'eur' })
      const bySource = await stripe.balanceTransactions.list({ source: String(intent.latest_charge) })
      assert.deepEqual(
        byCurrency.data.map(({ amount }) => amount),
        [2000],
      )
      assert.deepEqual(
        bySource.data.map(({ amount }) => amount),
        [1000],
      )
    },
  },
  {
    promise: 'a payout leaves the balance at once and arrives the next day',
    page: 'payouts',
    async check(stripe, sandbox) {
      await pay(stripe, 10_000, 'pm_card_bypassPending')
      const payout = await stripe.payouts.create({ amount: 5000, currency: 'usd', metadata: { week: '1' } })
      assert.equal(payout.status, 'pending')
      assert.equal(payout.automatic, false)
      assert.deepEqual(await usd(stripe), { available: 4680, pending: 0 })

      sandbox.advance(day)

      const arrived = await stripe.payouts.retrieve(payout.id, { expand: ['balance_transaction', 'destination'] })
      assert.equal(arrived.status, 'paid')
      assert.equal((arrived.balance_transaction as Stripe.BalanceTransaction).type, 'payout')
      assert.equal((arrived.destination as Stripe.BankAccount).bank_name, 'STRIPE TEST BANK')
      assert.deepEqual(arrived.metadata, { week: '1' })
    },
  },
  {
    promise: 'more than is available cannot be paid out',
    page: 'error-codes#balance-insufficient',
    async check(stripe) {
      await pay(stripe, 10_000)
      const error = await refusal(stripe.payouts.create({ amount: 100, currency: 'usd' }))
      assert.equal(error.code, 'balance_insufficient')
      assert.equal((await stripe.payouts.list()).data.length, 0)
    },
  },
  {
    promise: 'a pending payout can be canceled, a paid one cannot',
    page: 'api/payouts/cancel',
    async check(stripe, sandbox) {
      await pay(stripe, 10_000, 'pm_card_bypassPending')
      const first = await stripe.payouts.create({ amount: 1000, currency: 'usd' })
      const second = await stripe.payouts.create({ amount: 1000, currency: 'usd' })
      assert.equal((await stripe.payouts.cancel(first.id)).status, 'canceled')
      sandbox.advance(day)
      assert.equal((await stripe.payouts.retrieve(first.id)).status, 'canceled')
      assert.match((await refusal(stripe.payouts.cancel(second.id))).message, /while they are pending/)
      assert.deepEqual(await usd(stripe), { available: 8680, pending: 0 })
    },
  },
  {
    promise: 'a paid payout can be reversed once by another one with a negative amount',
    page: 'api/payouts/reverse',
    async check(stripe, sandbox) {
      await pay(stripe, 10_000, 'pm_card_bypassPending')
      const { id } = await stripe.payouts.create({ amount: 1000, currency: 'usd' })
      await refusal(stripe.payouts.reverse(id))
      sandbox.advance(day)
      const reversal = await stripe.payouts.reverse(id)
      assert.equal(reversal.amount, -1000)
      assert.equal(reversal.original_payout, id)
      assert.equal((await stripe.payouts.retrieve(id)).reversed_by, reversal.id)
      await refusal(stripe.payouts.reverse(id))
    },
  },
  {
    promise: 'an instant payout arrives within half an hour',
    page: 'payouts/instant-payouts',
    async check(stripe, sandbox) {
      await pay(stripe, 10_000, 'pm_card_bypassPending')
      const { id } = await stripe.payouts.create({ amount: 1000, currency: 'usd', method: 'instant' })
      sandbox.advance(1800)
      assert.equal((await stripe.payouts.retrieve(id)).status, 'paid')
    },
  },
  {
    promise: 'a payout of nothing is refused',
    page: 'error-codes#parameter-invalid-integer',
    async check(stripe) {
      const error = await refusal(stripe.payouts.create({ amount: 0, currency: 'usd' }))
      assert.equal(error.code, 'parameter_invalid_integer')
      assert.equal(error.param, 'amount')
    },
  },
]

await checkBehaviours(behaviours)
