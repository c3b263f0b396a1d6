import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours, rows } from '../behaviour.ts'
import { day, openAccount, pay, refusal } from '../sandbox.ts'

const card = 'pm_card_bypassPending'

async function available(stripe: Stripe, stripeAccount?: string): Promise<number | undefined> {
  const balance = await stripe.balance.retrieve({}, stripeAccount ? { stripeAccount } : {})
  return balance.available.find(({ currency }) => currency === 'usd')?.amount
}

const destination = (account: string, application_fee_amount?: number) => ({
  transfer_data: { destination: account },
  ...(application_fee_amount !== undefined && { application_fee_amount }),
})

const behaviours: Behaviour[] = [
  {
    promise: 'a destination charge sends the amount on and brings the fee back',
    page: 'connect/destination-charges',
    async check(stripe) {
      const id = await openAccount(stripe)
      const intent = await pay(stripe, 10_000, card, destination(id, 1000))
      const charge = await stripe.charges.retrieve(String(intent.latest_charge), {
        expand: ['transfer', 'application_fee'],
      })
      const transfer = charge.transfer as Stripe.Transfer
      const fee = charge.application_fee as Stripe.ApplicationFee
      assert.deepEqual([transfer.amount, transfer.destination, transfer.source_transaction], [10_000, id, charge.id])
      assert.deepEqual([fee.amount, fee.account, fee.originating_transaction], [1000, id, charge.id])
      assert.equal(await available(stripe), 10_000 - 320 - 10_000 + 1000)
      assert.equal(await available(stripe, id), 9000)
    },
  },
  {
    promise: 'an old-style charge is shared in the same way',
    page: 'api/charges/create',
    async check(stripe) {
      const id = await openAccount(stripe)
      const order = { amount: 10_000, currency: 'usd', source: 'tok_bypassPending', ...destination(id, 1000) }
      const charge = await stripe.charges.create(order)
      assert.equal(charge.transfer_data?.destination, id)
      assert.equal(await available(stripe, id), 9000)
    },
  },
  {
    promise: 'transfer_data[amount] says how much is sent on',
    page: 'connect/destination-charges#transfer-amount',
    async check(stripe) {
      const id = await openAccount(stripe)
      await pay(stripe, 10_000, card, { transfer_data: { destination: id, amount: 8770 } })
      assert.equal(await available(stripe, id), 8770)
    },
  },
  {
    promise: "a direct charge is the account's own, the platform gets its fee",
    page: 'connect/direct-charges',
    async check(stripe) {
      const id = await openAccount(stripe)
      const intent = await pay(stripe, 10_000, card, { application_fee_amount: 500 }, { stripeAccount: id })
      const charge = await stripe.charges.retrieve(
        String(intent.latest_charge),
        { expand: ['balance_transaction'] },
        { stripeAccount: id },
      )
      const { fee_details } = charge.balance_transaction as Stripe.BalanceTransaction
      assert.deepEqual(
        fee_details.map(({ amount, type }) => [type, amount]),
        [
          ['application_fee', 500],
          ['stripe_fee', 320],
        ],
      )
      assert.equal(await available(stripe), 500)
      assert.equal(await available(stripe, id), 9180)
      assert.equal((await stripe.applicationFees.list({ charge: charge.id })).data[0]?.amount, 500)
    },
  },
  {
    promise: 'an application fee without a connected account is refused',
    page: 'connect/charges',
    async check(stripe) {
      const error = await refusal(pay(stripe, 1000, card, { application_fee_amount: 100 }))
      assert.equal(error.param, 'application_fee_amount')
      assert.match(error.message, /direct payment|destination payment/)
    },
  },
  ...rows(
    [
      { reverse_transfer: false, refund_application_fee: false, platform: -4320, connected: 9000 },
      { reverse_transfer: true, refund_application_fee: false, platform: 680, connected: 4000 },
      { reverse_transfer: true, refund_application_fee: true, platform: 180, connected: 4500 },
    ],
    ({ connected, platform, refund_application_fee, reverse_transfer }) => ({
      promise: `half a refund with reverse_transfer ${reverse_transfer} and refund_application_fee ${refund_application_fee} leaves ${platform} and ${connected}`,
      page: 'connect/destination-charges#issue-refunds',
      async check(stripe) {
        const id = await openAccount(stripe)
        const { id: payment_intent } = await pay(stripe, 10_000, card, destination(id, 1000))
        const refund = await stripe.refunds.create({
          payment_intent,
          amount: 5000,
          refund_application_fee,
          reverse_transfer,
        })
        assert.equal(refund.transfer_reversal !== null, reverse_transfer)
        assert.equal(await available(stripe), platform)
        assert.equal(await available(stripe, id), connected)
      },
    }),
  ),
  {
    promise: 'a separate transfer is a payment of the connected account',
    page: 'connect/separate-charges-and-transfers',
    async check(stripe) {
      const id = await openAccount(stripe)
      await pay(stripe, 10_000, card)
      const transfer = await stripe.transfers.create({
        amount: 7000,
        currency: 'usd',
        destination: id,
        transfer_group: 'ORDER10',
      })
      const payment = await stripe.charges.retrieve(String(transfer.destination_payment), {}, { stripeAccount: id })
      assert.match(payment.id, /^py_/)
      assert.deepEqual([payment.amount, payment.source_transfer], [7000, transfer.id])
      assert.equal((await stripe.transfers.list({ transfer_group: 'ORDER10' })).data.length, 1)
      assert.deepEqual([await available(stripe), await available(stripe, id)], [2680, 7000])
    },
  },
  {
    promise: 'a transfer needs available funds unless it names its charge',
    page: 'connect/separate-charges-and-transfers#transfer-availability',
    async check(stripe, sandbox) {
      const id = await openAccount(stripe)
      const intent = await pay(stripe, 10_000)
      const order = { amount: 5000, currency: 'usd', destination: id }
      assert.equal((await refusal(stripe.transfers.create(order))).code, 'balance_insufficient')
      await stripe.transfers.create({ ...order, source_transaction: String(intent.latest_charge) })
      assert.equal(await available(stripe, id), 0)
      sandbox.advance(2 * day)
      const { data } = await stripe.balanceTransactions.list({ type: 'payment' }, { stripeAccount: id })
      assert.equal(data[0]?.status, 'available')
    },
  },
  {
    promise: 'transfers from one charge never add up to more than it',
    page: 'connect/separate-charges-and-transfers',
    async check(stripe) {
      const id = await openAccount(stripe)
      const intent = await pay(stripe, 10_000)
      const order = { amount: 6000, currency: 'usd', destination: id, source_transaction: String(intent.latest_charge) }
      await stripe.transfers.create(order)
      assert.equal((await refusal(stripe.transfers.create(order))).param, 'amount')
    },
  },
  {
    promise: 'an account without the capability receives no transfers',
    page: 'error-codes#insufficient-capabilities-for-transfer',
    async check(stripe) {
      const { id } = await stripe.accounts.create({ type: 'custom' })
      await pay(stripe, 10_000, card)
      const error = await refusal(stripe.transfers.create({ amount: 100, currency: 'usd', destination: id }))
      assert.equal(error.code, 'insufficient_capabilities_for_transfer')
      assert.equal(
        (await refusal(stripe.transfers.create({ amount: 100, currency: 'usd', destination: 'acct_none' }))).code,
        'resource_missing',
      )
    },
  },
  {
    promise: 'a transfer is reversed in parts and never beyond its amount',
    page: 'api/transfer_reversals',
    async check(stripe) {
      const id = await openAccount(stripe)
      await pay(stripe, 10_000, card)
      const transfer = await stripe.transfers.create({ amount: 1000, currency: 'usd', destination: id })
      await stripe.transfers.createReversal(transfer.id, { amount: 300 })
      await refusal(stripe.transfers.createReversal(transfer.id, { amount: 701 }))
      await stripe.transfers.createReversal(transfer.id)
      const found = await stripe.transfers.retrieve(transfer.id)
      assert.deepEqual([found.reversed, found.amount_reversed], [true, 1000])
      assert.deepEqual(
        found.reversals.data.map(({ amount }) => amount),
        [700, 300],
      )
      assert.deepEqual([await available(stripe), await available(stripe, id)], [9680, 0])
    },
  },
  {
    promise: 'an application fee is given back to the account in parts',
    page: 'api/fee_refunds',
    async check(stripe) {
      const id = await openAccount(stripe)
      await pay(stripe, 10_000, card, { application_fee_amount: 500 }, { stripeAccount: id })
      const [fee] = (await stripe.applicationFees.list()).data
      await stripe.applicationFees.createRefund(fee?.id ?? '', { amount: 200 })
      assert.deepEqual([await available(stripe), await available(stripe, id)], [300, 9380])
      await refusal(stripe.applicationFees.createRefund(fee?.id ?? '', { amount: 301 }))
      await stripe.applicationFees.createRefund(fee?.id ?? '')
      assert.equal((await stripe.applicationFees.retrieve(fee?.id ?? '')).refunded, true)
      assert.equal((await stripe.applicationFees.listRefunds(fee?.id ?? '')).data.length, 2)
    },
  },
  {
    promise: 'a connected account is paid out by itself every day',
    page: 'connect/manage-payout-schedule',
    async check(stripe, sandbox) {
      const id = await openAccount(stripe)
      await pay(stripe, 10_000, 'pm_card_visa', {}, { stripeAccount: id })
      sandbox.advance(2 * day)
      const [payout] = (await stripe.payouts.list({}, { stripeAccount: id })).data
      assert.deepEqual([payout?.amount, payout?.automatic], [9680, true])
      const { data } = await stripe.balanceTransactions.list({ payout: payout?.id ?? '' }, { stripeAccount: id })
      assert.deepEqual(
        data.map(({ type }) => type),
        ['payout', 'charge'],
      )
    },
  },
  {
    promise: 'with a manual schedule it waits to be told',
    page: 'connect/manage-payout-schedule',
    async check(stripe, sandbox) {
      const id = await openAccount(stripe, { settings: { payouts: { schedule: { interval: 'manual' } } } })
      await pay(stripe, 10_000, 'pm_card_visa', {}, { stripeAccount: id })
      sandbox.advance(3 * day)
      assert.equal((await stripe.payouts.list({}, { stripeAccount: id })).data.length, 0)
      assert.equal(await available(stripe, id), 9680)
    },
  },
  ...rows(
    [
      { number: '000111111116', code: 'no_account' },
      { number: '000111111113', code: 'account_closed' },
      { number: '000222222227', code: 'insufficient_funds' },
      { number: '000333333335', code: 'debit_not_authorized' },
      { number: '000444444440', code: 'invalid_currency' },
    ],
    ({ code, number }) => ({
      promise: `a payout to ${number} fails with ${code} and the money comes back`,
      page: 'connect/testing#account-numbers',
      async check(stripe, sandbox) {
        const id = await openAccount(stripe, {
          external_account: {
            object: 'bank_account',
            country: 'US',
            currency: 'usd',
            account_number: number,
            routing_number: '110000000',
          },
          settings: { payouts: { schedule: { interval: 'manual' } } },
        })
        await pay(stripe, 10_000, card, {}, { stripeAccount: id })
        const payout = await stripe.payouts.create({ amount: 5000, currency: 'usd' }, { stripeAccount: id })
        sandbox.advance(day)
        const failed = await stripe.payouts.retrieve(payout.id, {}, { stripeAccount: id })
        assert.deepEqual([failed.status, failed.failure_code], ['failed', code])
        assert.equal(await available(stripe, id), 9680)
      },
    }),
  ),
]

await checkBehaviours(behaviours)
