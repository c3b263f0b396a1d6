import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Behaviour, checkBehaviours, rows } from '../behaviour.ts'
import { day, eventTypes, openAccount, pay, refusal } from '../sandbox.ts'

const waitForTransfer = (stripe: Stripe, customer: string, amount = 2000) =>
  stripe.paymentIntents.create({
    amount,
    currency: 'usd',
    customer,
    confirm: true,
    allowed_payment_method_types: ['customer_balance'],
    payment_method_data: { type: 'customer_balance' },
    payment_method_options: {
      customer_balance: { funding_type: 'bank_transfer', bank_transfer: { type: 'us_bank_transfer' } },
    },
  })

async function issueCard(
  stripe: Stripe,
  spending_controls?: Stripe.Issuing.CardCreateParams.SpendingControls,
): Promise<Stripe.Issuing.Card> {
  const cardholder = await stripe.issuing.cardholders.create({
    name: 'Jenny Rosen',
    billing: {
      address: { line1: '1 Main St', city: 'San Francisco', state: 'CA', postal_code: '94111', country: 'US' },
    },
  })
  return stripe.issuing.cards.create({
    cardholder: cardholder.id,
    currency: 'usd',
    type: 'virtual',
    status: 'active',
    ...(spending_controls && { spending_controls }),
  })
}

const spend = (stripe: Stripe, card: string, amount: number) =>
  stripe.testHelpers.issuing.authorizations.create({ card, amount })

async function startReader(stripe: Stripe): Promise<string> {
  const location = await stripe.terminal.locations.create({
    display_name: 'HQ',
    address: { line1: '1 Main St', city: 'San Francisco', state: 'CA', postal_code: '94111', country: 'US' },
  })
  return (await stripe.terminal.readers.create({ registration_code: 'simulated-wpe', location: location.id })).id
}

const presentable = (stripe: Stripe, amount: number) =>
  stripe.paymentIntents.create({ amount, currency: 'usd', allowed_payment_method_types: ['card_present'] })

const sale = (stripe: Stripe, more: Partial<Stripe.Tax.CalculationCreateParams> = {}) =>
  stripe.tax.calculations.create({
    currency: 'eur',
    line_items: [{ amount: 1000, reference: 'shoes' }],
    customer_details: { address: { country: 'DE', postal_code: '10115' }, address_source: 'billing' },
    ...more,
  })

const registerIn = (stripe: Stripe) =>
  stripe.tax.registrations.create({
    country: 'DE',
    active_from: 'now',
    country_options: { de: { type: 'standard', standard: { place_of_supply_scheme: 'standard' } } },
  })

const behaviours: Behaviour[] = [
  {
    promise: 'a top-up is pending first and then in the balance',
    page: 'connect/top-ups',
    async check(stripe, sandbox) {
      const { id, status } = await stripe.topups.create({ amount: 5000, currency: 'usd' })
      assert.equal(status, 'pending')
      sandbox.advance(2 * day)
      assert.equal((await stripe.topups.retrieve(id)).status, 'succeeded')
      assert.equal((await stripe.balance.retrieve()).available[0]?.amount, 5000)
      assert.ok((await eventTypes(stripe)).includes('topup.succeeded'))
    },
  },
  {
    promise: 'a pending top-up can be canceled',
    page: 'api/topups/cancel',
    async check(stripe, sandbox) {
      const { id } = await stripe.topups.create({ amount: 5000, currency: 'usd' })
      assert.equal((await stripe.topups.cancel(id)).status, 'canceled')
      sandbox.advance(2 * day)
      await refusal(stripe.topups.cancel(id))
      assert.equal((await stripe.balance.retrieve()).available[0]?.amount, 0)
    },
  },
  {
    promise: 'a bank transfer pays the intent that waits for it',
    page: 'payments/bank-transfers/accept-a-payment',
    async check(stripe) {
      const { id: customer } = await stripe.customers.create({})
      const intent = await waitForTransfer(stripe, customer)
      assert.equal(intent.next_action?.display_bank_transfer_instructions?.amount_remaining, 2000)

      const funded = await stripe.testHelpers.customers.fundCashBalance(customer, { amount: 2500, currency: 'usd' })

      assert.deepEqual([funded.type, funded.ending_balance], ['funded', 2500])
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
      assert.deepEqual((await stripe.customers.retrieveCashBalance(customer)).available, { usd: 500 })
    },
  },
  {
    promise: 'with manual reconciliation the transfer waits to be applied',
    page: 'payments/customer-balance/reconciliation',
    async check(stripe) {
      const { id: customer } = await stripe.customers.create({})
      await stripe.customers.updateCashBalance(customer, { settings: { reconciliation_mode: 'manual' } })
      const intent = await waitForTransfer(stripe, customer)
      await stripe.testHelpers.customers.fundCashBalance(customer, { amount: 2000, currency: 'usd' })
      assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'requires_action')
      assert.equal((await stripe.paymentIntents.applyCustomerBalance(intent.id)).status, 'succeeded')
    },
  },
  {
    promise: 'a bank account source is verified with the amounts 32 and 45',
    page: 'ach-deprecated',
    async check(stripe) {
      const { id: customer } = await stripe.customers.create({})
      const token = await stripe.tokens.create({
        bank_account: { country: 'US', currency: 'usd', account_number: '000123456789', routing_number: '110000000' },
      })
      const source = await stripe.customers.createSource(customer, { source: token.id })
      assert.equal(
        (await refusal(stripe.customers.verifySource(customer, source.id, { amounts: [1, 2] }))).statusCode,
        400,
      )
      const verified = await stripe.customers.verifySource(customer, source.id, { amounts: [32, 45] })
      assert.equal(verified.status, 'verified')
    },
  },
  {
    promise: 'the first source is the default, and the next one when it is removed',
    page: 'api/cards',
    async check(stripe) {
      const { id: customer } = await stripe.customers.create({})
      const first = await stripe.customers.createSource(customer, { source: 'tok_visa' })
      const second = await stripe.customers.createSource(customer, { source: 'tok_mastercard' })
      assert.equal((await stripe.customers.listSources(customer)).data.length, 2)
      await stripe.customers.deleteSource(customer, first.id)
      const owner = (await stripe.customers.retrieve(customer)) as Stripe.Customer
      assert.equal(owner.default_source, second.id)
      assert.equal((await refusal(stripe.customers.retrieveSource(customer, first.id))).code, 'resource_missing')
    },
  },
  {
    promise: 'a card source is chargeable, another one once it was authorised',
    page: 'sources',
    async check(stripe, sandbox) {
      const card = await stripe.sources.create({ type: 'card', token: 'tok_visa' })
      assert.equal(card.status, 'chargeable')
      const giropay = await stripe.sources.create({
        type: 'giropay',
        amount: 1000,
        currency: 'eur',
        redirect: { return_url: 'https://shop.example/back' },
      })
      assert.deepEqual([giropay.status, giropay.flow], ['pending', 'redirect'])
      sandbox.advance(5)
      assert.equal((await stripe.sources.retrieve(giropay.id)).status, 'chargeable')
    },
  },
  {
    promise: 'an elevated risk opens a review, which is closed by approval or refund',
    page: 'radar/reviews',
    async check(stripe) {
      const [first, second] = [
        await pay(stripe, 1000, 'pm_card_riskLevelElevated'),
        await pay(stripe, 1000, 'pm_card_riskLevelElevated'),
      ]
      const open = (await stripe.reviews.list()).data
      assert.equal(open.length, 2)
      const approved = await stripe.reviews.approve(
        open.find(({ payment_intent }) => payment_intent === first.id)?.id ?? '',
      )
      assert.deepEqual([approved.open, approved.closed_reason], [false, 'approved'])
      await stripe.refunds.create({ payment_intent: second.id, reason: 'fraudulent' })
      const refunded = (await stripe.reviews.list()).data.find(({ payment_intent }) => payment_intent === second.id)
      assert.equal(refunded?.closed_reason, 'refunded_as_fraud')
    },
  },
  {
    promise: 'a value list takes values of its kind, each once',
    page: 'radar/lists',
    async check(stripe) {
      const list = await stripe.radar.valueLists.create({
        alias: 'blocked_emails',
        name: 'Blocked',
        item_type: 'email',
      })
      await stripe.radar.valueListItems.create({ value_list: list.id, value: 'a@example.com' })
      await refusal(stripe.radar.valueListItems.create({ value_list: list.id, value: 'a@example.com' }))
      assert.equal(
        (await refusal(stripe.radar.valueListItems.create({ value_list: list.id, value: 'nobody' }))).param,
        'value',
      )
      assert.equal((await stripe.radar.valueLists.retrieve(list.id)).list_items.data.length, 1)
      assert.equal(
        (await refusal(stripe.radar.valueLists.create({ alias: 'blocked_emails', name: 'Again' }))).param,
        'alias',
      )
    },
  },
  {
    promise: 'tax is collected where the account is registered',
    page: 'tax/custom',
    async check(stripe) {
      const before = await sale(stripe)
      assert.deepEqual([before.tax_amount_exclusive, before.tax_breakdown[0]?.taxability_reason], [0, 'not_collecting'])
      await registerIn(stripe)
      const after = await sale(stripe)
      assert.deepEqual([after.tax_amount_exclusive, after.amount_total], [190, 1190])
      assert.equal(after.tax_breakdown[0]?.tax_rate_details.percentage_decimal, '19.0')
    },
  },
  {
    promise: 'an inclusive price contains its tax, an exempt customer pays none',
    page: 'tax/custom',
    async check(stripe) {
      await registerIn(stripe)
      const inclusive = await sale(stripe, {
        line_items: [{ amount: 1190, tax_behavior: 'inclusive', reference: 'a' }],
      })
      assert.deepEqual([inclusive.tax_amount_inclusive, inclusive.amount_total], [190, 1190])
      const exempt = await sale(stripe, {
        customer_details: {
          address: { country: 'DE' },
          address_source: 'billing',
          taxability_override: 'customer_exempt',
        },
      })
      assert.deepEqual(
        [exempt.tax_amount_exclusive, exempt.tax_breakdown[0]?.taxability_reason],
        [0, 'customer_exempt'],
      )
    },
  },
  {
    promise: 'a tax transaction is recorded once per reference and can be reversed',
    page: 'tax/custom#tax-transaction',
    async check(stripe) {
      await registerIn(stripe)
      const order = { calculation: (await sale(stripe)).id ?? '', reference: 'order_1' }
      const transaction = await stripe.tax.transactions.createFromCalculation(order)
      await refusal(stripe.tax.transactions.createFromCalculation(order))
      const reversal = await stripe.tax.transactions.createReversal({
        mode: 'full',
        original_transaction: transaction.id,
        reference: 'refund_1',
      })
      const { data } = await stripe.tax.transactions.listLineItems(reversal.id)
      assert.deepEqual(
        data.map(({ amount, amount_tax }) => [amount, amount_tax]),
        [[-1000, -190]],
      )
    },
  },
  {
    promise: 'an identity check is verified on its page and redacted later',
    page: 'identity/how-sessions-work',
    async check(stripe) {
      const session = await stripe.identity.verificationSessions.create({ type: 'document' })
      assert.equal(session.status, 'requires_input')
      const answer = (outcome: string) =>
        fetch(String(session.url), { method: 'POST', body: new URLSearchParams({ outcome }) })
      await answer('document_expired')
      const failed = await stripe.identity.verificationSessions.retrieve(session.id)
      assert.deepEqual([failed.status, failed.last_error?.code], ['requires_input', 'document_expired'])
      await answer('verified')
      const verified = await stripe.identity.verificationSessions.retrieve(session.id, { expand: ['verified_outputs'] })
      assert.deepEqual([verified.status, verified.verified_outputs?.first_name], ['verified', 'Jenny'])
      await refusal(stripe.identity.verificationSessions.cancel(session.id))
      assert.equal((await stripe.identity.verificationSessions.redact(session.id)).redaction?.status, 'redacted')
    },
  },
  ...rows(
    [
      { amount: 2000, status: 'succeeded', action: 'succeeded' },
      { amount: 2001, status: 'requires_payment_method', action: 'failed' },
    ],
    ({ action, amount, status }) => ({
      promise: `a simulated reader ends ${amount} as ${status}`,
      page: 'terminal/references/testing',
      async check(stripe) {
        const reader = await startReader(stripe)
        const intent = await presentable(stripe, amount)
        const busy = await stripe.terminal.readers.processPaymentIntent(reader, { payment_intent: intent.id })
        assert.equal(busy.action?.status, 'in_progress')
        const other = await presentable(stripe, 100)
        assert.equal(
          (await refusal(stripe.terminal.readers.processPaymentIntent(reader, { payment_intent: other.id }))).code,
          'terminal_reader_busy',
        )
        const done = await stripe.testHelpers.terminal.readers.presentPaymentMethod(reader)
        assert.equal(done.action?.status, action)
        assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, status)
      },
    }),
  ),
  {
    promise: 'a reader takes only intents for cards that are present',
    page: 'terminal/payments/collect-card-payment',
    async check(stripe) {
      const intent = await stripe.paymentIntents.create({ amount: 1000, currency: 'usd' })
      const error = await refusal(
        stripe.terminal.readers.processPaymentIntent(await startReader(stripe), { payment_intent: intent.id }),
      )
      assert.equal(error.param, 'payment_intent')
    },
  },
  {
    promise: 'an authorisation is captured into a transaction and closed',
    page: 'issuing/testing',
    async check(stripe) {
      const card = await issueCard(stripe)
      const authorization = await spend(stripe, card.id, 1500)
      assert.deepEqual([authorization.approved, authorization.status], [true, 'pending'])
      const captured = await stripe.testHelpers.issuing.authorizations.capture(authorization.id, {
        capture_amount: 1000,
      })
      assert.equal(captured.status, 'closed')
      assert.deepEqual(
        captured.transactions.map(({ amount }) => amount),
        [-1000],
      )
      assert.equal((await stripe.issuing.transactions.list({ card: card.id })).data[0]?.amount, -1000)
    },
  },
  {
    promise: 'a spending limit and an inactive card decline',
    page: 'issuing/controls/spending-controls',
    async check(stripe) {
      const card = await issueCard(stripe, { spending_limits: [{ amount: 2000, interval: 'daily' }] })
      assert.equal((await spend(stripe, card.id, 1500)).approved, true)
      const over = await spend(stripe, card.id, 600)
      assert.deepEqual([over.approved, over.request_history[0]?.reason], [false, 'spending_controls'])
      await stripe.issuing.cards.update(card.id, { status: 'inactive' })
      assert.equal((await spend(stripe, card.id, 100)).request_history[0]?.reason, 'card_inactive')
    },
  },
  {
    promise: 'a standard account is connected by a code and let go again',
    page: 'connect/oauth-standard-accounts',
    async check(stripe) {
      const token = await stripe.oauth.token({ grant_type: 'authorization_code', code: 'ac_1' })
      const stripeAccount = String(token.stripe_user_id)
      assert.equal((await stripe.customers.list({}, { stripeAccount })).data.length, 0)
      await refusal(stripe.oauth.token({ grant_type: 'authorization_code', code: 'ac_1' }))
      await stripe.oauth.deauthorize({ client_id: 'ca_1', stripe_user_id: stripeAccount })
      assert.equal((await refusal(stripe.customers.list({}, { stripeAccount }))).code, 'account_invalid')
    },
  },
  {
    promise: 'an ephemeral key is for exactly one thing and lasts an hour',
    page: 'api/ephemeral_keys',
    async check(stripe) {
      const { id: customer } = await stripe.customers.create({})
      const key = await stripe.ephemeralKeys.create({ customer }, { apiVersion: '2026-10-28.endive' })
      assert.equal(key.expires - key.created, 3600)
      assert.match(key.secret ?? '', /^ek_test_/)
      await refusal(stripe.ephemeralKeys.create({}, { apiVersion: '2026-10-28.endive' }))
    },
  },
  {
    promise: 'a direct charge on a connected account uses its own payment methods',
    page: 'connect/direct-charges',
    async check(stripe) {
      const stripeAccount = await openAccount(stripe)
      const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
      assert.equal((await refusal(pay(stripe, 1000, method.id, {}, { stripeAccount }))).code, 'resource_missing')
    },
  },
]

await checkBehaviours(behaviours)
