import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours, rows } from '../behaviour.ts'
import { eventTypes, pay, refusal } from '../sandbox.ts'

type Data = Stripe.PaymentIntentCreateParams.PaymentMethodData

const debit = (stripe: Stripe, currency: string, data: Data, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
  stripe.paymentIntents.create({
    amount: 2000,
    currency,
    confirm: true,
    allowed_payment_method_types: [data.type] as NonNullable<
      Stripe.PaymentIntentCreateParams['allowed_payment_method_types']
    >,
    payment_method_data: { billing_details: { email: 'jenny@example.com', name: 'Jenny Rosen' }, ...data },
    ...more,
  })

const sepa = (iban: string): Data => ({ type: 'sepa_debit', sepa_debit: { iban } })
const bacs = (account_number: string): Data => ({
  type: 'bacs_debit',
  bacs_debit: { account_number, sort_code: '108800' },
})
const becs = (account_number: string): Data => ({
  type: 'au_becs_debit',
  au_becs_debit: { account_number, bsb_number: '000000' },
})

interface Named {
  method: string
  code?: string
  status: string
}

const named: Named[] = [
  { method: 'pm_usBankAccount_success', status: 'succeeded' },
  { method: 'pm_usBankAccount_accountClosed', status: 'requires_payment_method', code: 'account_closed' },
  { method: 'pm_usBankAccount_noAccount', status: 'requires_payment_method', code: 'no_account' },
  { method: 'pm_usBankAccount_insufficientFunds', status: 'requires_payment_method', code: 'insufficient_funds' },
  { method: 'pm_usBankAccount_debitNotAuthorized', status: 'requires_payment_method', code: 'debit_not_authorized' },
]

interface Given {
  name: string
  currency: string
  data: Data
  /** After five seconds, and after three minutes. */
  soon: string
  later: string
}

const given: Given[] = [
  { name: 'SEPA success', currency: 'eur', data: sepa('AT611904300234573201'), soon: 'succeeded', later: 'succeeded' },
  {
    name: 'SEPA failure',
    currency: 'eur',
    data: sepa('AT861904300235473202'),
    soon: 'requires_payment_method',
    later: 'requires_payment_method',
  },
  {
    name: 'late SEPA success',
    currency: 'eur',
    data: sepa('AT321904300235473204'),
    soon: 'processing',
    later: 'succeeded',
  },
  { name: 'Bacs success', currency: 'gbp', data: bacs('00012345'), soon: 'succeeded', later: 'succeeded' },
  {
    name: 'Bacs failure',
    currency: 'gbp',
    data: bacs('33333335'),
    soon: 'requires_payment_method',
    later: 'requires_payment_method',
  },
  {
    name: 'late Bacs failure',
    currency: 'gbp',
    data: bacs('93333335'),
    soon: 'processing',
    later: 'requires_payment_method',
  },
  { name: 'BECS success', currency: 'aud', data: becs('000123456'), soon: 'succeeded', later: 'succeeded' },
  { name: 'late BECS success', currency: 'aud', data: becs('900123456'), soon: 'processing', later: 'succeeded' },
  {
    name: 'BECS failure',
    currency: 'aud',
    data: becs('111111113'),
    soon: 'requires_payment_method',
    later: 'requires_payment_method',
  },
]

const behaviours: Behaviour[] = [
  ...rows(named, ({ code, method, status }) => ({
    promise: `${method} is processing first and ends as ${code ?? status}`,
    page: 'payments/ach-direct-debit/accept-a-payment#test',
    async check(stripe, sandbox) {
      const started = await pay(stripe, 2000, method)
      assert.equal(started.status, 'processing')

      sandbox.advance(5)

      const ended = await stripe.paymentIntents.retrieve(started.id, { expand: ['latest_charge'] })
      assert.equal(ended.status, status)
      assert.equal(ended.last_payment_error?.code, code)
      const charge = ended.latest_charge as Stripe.Charge
      assert.equal(charge.status, code ? 'failed' : 'succeeded')
      assert.equal(charge.failure_code, code ?? null)
    },
  })),
  ...rows(given, ({ currency, data, later, name, soon }) => ({
    promise: `${name}: ${soon} within seconds, ${later} after three minutes`,
    page: `payments/${data.type === 'sepa_debit' ? 'sepa-debit' : data.type === 'bacs_debit' ? 'bacs-debit' : 'au-becs-debit'}/accept-a-payment#test`,
    async check(stripe, sandbox) {
      const { id, status } = await debit(stripe, currency, data)
      assert.equal(status, 'processing')
      sandbox.advance(5)
      assert.equal((await stripe.paymentIntents.retrieve(id)).status, soon)
      sandbox.advance(180)
      assert.equal((await stripe.paymentIntents.retrieve(id)).status, later)
    },
  })),
  {
    promise: 'the events of a bank debit come in two steps',
    page: 'payments/payment-methods#payment-notification',
    async check(stripe, sandbox) {
      await pay(stripe, 2000, 'pm_usBankAccount_success')
      assert.deepEqual(await eventTypes(stripe), [
        'payment_intent.created',
        'charge.pending',
        'payment_intent.processing',
      ])
      sandbox.advance(5)
      assert.deepEqual((await eventTypes(stripe)).slice(3), ['charge.succeeded', 'payment_intent.succeeded'])
    },
  },
  {
    promise: 'a bank debit costs 0.8 %, at most 5.00',
    page: 'payments/ach-direct-debit',
    async check(stripe, sandbox) {
      await pay(stripe, 2000, 'pm_usBankAccount_success')
      await pay(stripe, 500_000, 'pm_usBankAccount_success')
      sandbox.advance(5)
      const { data } = await stripe.balanceTransactions.list({ type: 'payment' })
      assert.deepEqual(
        data.map(({ fee }) => fee).sort((a, b) => a - b),
        [16, 500],
      )
    },
  },
  {
    promise: 'a debit that succeeds can be disputed at once',
    page: 'payments/ach-direct-debit/accept-a-payment#test',
    async check(stripe, sandbox) {
      const { id } = await pay(stripe, 2000, 'pm_usBankAccount_dispute')
      sandbox.advance(5)
      assert.equal((await stripe.disputes.list({ payment_intent: id })).data.length, 1)
    },
  },
  {
    promise: 'the processing test account never gets an answer',
    page: 'payments/ach-direct-debit/accept-a-payment#test',
    async check(stripe, sandbox) {
      const { id } = await pay(stripe, 2000, 'pm_usBankAccount_processing')
      sandbox.advance(30 * 86_400)
      assert.equal((await stripe.paymentIntents.retrieve(id)).status, 'processing')
    },
  },
  {
    promise: 'a debit that is still processing can be canceled',
    page: 'api/payment_intents/cancel',
    async check(stripe, sandbox) {
      const { id } = await pay(stripe, 2000, 'pm_usBankAccount_success')
      const canceled = await stripe.paymentIntents.cancel(id, { expand: ['latest_charge'] })
      assert.equal(canceled.status, 'canceled')
      assert.equal((canceled.latest_charge as Stripe.Charge).status, 'failed')
      sandbox.advance(5)
      assert.equal((await stripe.paymentIntents.retrieve(id)).status, 'canceled')
      assert.equal((await stripe.balanceTransactions.list()).data.length, 0)
    },
  },
  {
    promise: 'an account number that was typed in is verified before it is debited',
    page: 'payments/ach-direct-debit/accept-a-payment',
    async check(stripe, sandbox) {
      const data: Data = {
        type: 'us_bank_account',
        us_bank_account: {
          account_holder_type: 'individual',
          account_number: '000123456789',
          routing_number: '110000000',
        },
      }
      const intent = await debit(stripe, 'usd', data)
      assert.equal(intent.next_action?.type, 'verify_with_microdeposits')
      const verified = await stripe.paymentIntents.verifyMicrodeposits(intent.id, { descriptor_code: 'SM11AA' })
      assert.equal(verified.status, 'processing')
      sandbox.advance(5)
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
    },
  },
  {
    promise: 'an IBAN with a wrong check digit is refused',
    page: 'error-codes#invalid-bank-account-iban',
    async check(stripe) {
      const error = await refusal(debit(stripe, 'eur', sepa('AT611904300234573202')))
      assert.equal(error.code, 'invalid_bank_account_iban')
      assert.equal(error.param, 'sepa_debit[iban]')
    },
  },
  {
    promise: 'the account number itself is nowhere in the answer',
    page: 'api/payment_methods/object',
    async check(stripe) {
      const method = await stripe.paymentMethods.create({
        ...sepa('AT611904300234573201'),
        type: 'sepa_debit',
        billing_details: { email: 'a@example.com', name: 'A' },
      })
      assert.equal(method.sepa_debit?.last4, '3201')
      assert.equal(method.sepa_debit?.country, 'AT')
      assert.ok(!JSON.stringify(method).includes('611904300234573201'))
    },
  },
]

await checkBehaviours(behaviours)
