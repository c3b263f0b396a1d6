import type { Made } from './scenarios.ts'

const usd = { currency: 'usd' } as const
const address = { line1: '1 Main St', city: 'San Francisco', state: 'CA', postal_code: '94111', country: 'US' }

const customer = async ({ stripe }: Made) => (await stripe.customers.create({})).id

async function withCard(made: Made): Promise<[string, string]> {
  const id = await customer(made)
  return [id, (await made.stripe.customers.createSource(id, { source: 'tok_visa' })).id]
}

const verification = async ({ stripe }: Made) =>
  (await stripe.identity.verificationSessions.create({ type: 'document' })).id

const cardholder = async ({ stripe }: Made) =>
  (await stripe.issuing.cardholders.create({ name: 'Jenny Rosen', billing: { address } })).id

const issued = async (made: Made) =>
  (
    await made.stripe.issuing.cards.create({
      ...usd,
      cardholder: await cardholder(made),
      status: 'active',
      type: 'virtual',
    })
  ).id

const reader = async ({ stripe }: Made) => {
  const location = (await stripe.terminal.locations.create({ display_name: 'HQ', address })).id
  return (await stripe.terminal.readers.create({ registration_code: 'simulated-wpe', location })).id
}

async function withIntent(made: Made): Promise<[string, { payment_intent: string }]> {
  const intent = await made.stripe.paymentIntents.create({
    amount: 2000,
    ...usd,
    allowed_payment_method_types: ['card_present'],
  })
  return [await reader(made), { payment_intent: intent.id }]
}

const sale = {
  currency: 'eur',
  customer_details: { address: { country: 'DE' }, address_source: 'billing' },
  line_items: [{ amount: 1000, reference: 'shoes' }],
} as const

const calculation = async ({ stripe }: Made) =>
  (await stripe.tax.calculations.create(structuredClone(sale) as never)).id ?? ''

/** Arguments for the methods about money that want objects in a certain state. */
export const moneyScenarios: Record<string, (made: Made) => Promise<unknown[]>> = {
  'customers.retrieveSource': withCard,
  'customers.updateSource': async (made) => [...(await withCard(made)), { name: 'Ann' }],
  'customers.deleteSource': withCard,
  'customers.verifySource': async (made) => {
    const id = await customer(made)
    const bank_account = { country: 'US', ...usd, account_number: '000123456789', routing_number: '110000000' }
    const token = await made.stripe.tokens.create({ bank_account })
    return [id, (await made.stripe.customers.createSource(id, { source: token.id })).id, { amounts: [32, 45] }]
  },
  'identity.verificationSessions.create': async () => [{ type: 'document' }],
  'identity.verificationSessions.update': async (made) => [await verification(made), { metadata: { a: 'b' } }],
  'identity.verificationSessions.cancel': async (made) => [await verification(made)],
  'identity.verificationSessions.redact': async (made) => [await verification(made)],
  'issuing.cards.create': async (made) => [{ ...usd, cardholder: await cardholder(made), type: 'virtual' }],
  'oauth.token': async () => [{ grant_type: 'authorization_code', code: 'ac_1' }],
  'oauth.deauthorize': async ({ stripe }) => {
    const token = await stripe.oauth.token({ grant_type: 'authorization_code', code: 'ac_2' })
    return [{ client_id: 'ca_1', stripe_user_id: token.stripe_user_id }]
  },
  'paymentIntents.applyCustomerBalance': async (made) => {
    const id = await customer(made)
    await made.stripe.customers.updateCashBalance(id, { settings: { reconciliation_mode: 'manual' } })
    const intent = await made.stripe.paymentIntents.create({
      amount: 2000,
      ...usd,
      customer: id,
      confirm: true,
      allowed_payment_method_types: ['customer_balance'],
      payment_method_data: { type: 'customer_balance' },
    })
    await made.stripe.testHelpers.customers.fundCashBalance(id, { amount: 2000, ...usd })
    return [intent.id]
  },
  'radar.valueListItems.create': async ({ stripe }) => {
    const value_list = (await stripe.radar.valueLists.create({ alias: 'blocked', name: 'Blocked' })).id
    return [{ value: 'a', value_list }]
  },
  'reviews.approve': async ({ stripe }) => {
    await stripe.paymentIntents.create({
      amount: 2000,
      ...usd,
      confirm: true,
      payment_method: 'pm_card_riskLevelElevated',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    return [(await stripe.reviews.list({ limit: 1 })).data[0]?.id]
  },
  'sources.create': async () => [{ type: 'card', token: 'tok_visa' }],
  'tax.calculations.create': async () => [sale],
  'tax.transactions.createFromCalculation': async (made) => [{ calculation: await calculation(made), reference: 'o1' }],
  'tax.transactions.createReversal': async (made) => {
    const order = { calculation: await calculation(made), reference: 'o2' }
    const original_transaction = (await made.stripe.tax.transactions.createFromCalculation(order)).id
    return [{ mode: 'full', original_transaction, reference: 'r2' }]
  },
  'terminal.readers.create': async ({ stripe }) => {
    const location = (await stripe.terminal.locations.create({ display_name: 'HQ', address })).id
    return [{ registration_code: 'simulated-wpe', location }]
  },
  'terminal.readers.collectPaymentMethod': withIntent,
  'terminal.readers.confirmPaymentIntent': withIntent,
  'terminal.readers.processPaymentIntent': withIntent,
  'terminal.readers.processSetupIntent': async (made) => [
    await reader(made),
    { setup_intent: (await made.stripe.setupIntents.create({})).id, allow_redisplay: 'always' },
  ],
  'testHelpers.confirmationTokens.create': async () => [{ payment_method: 'pm_card_visa' }],
  'testHelpers.issuing.authorizations.create': async (made) => [{ card: await issued(made), amount: 1000 }],
  'testHelpers.issuing.transactions.refund': async (made) => {
    const helpers = made.stripe.testHelpers.issuing
    const { id } = await helpers.authorizations.create({ card: await issued(made), amount: 1000 })
    return [(await helpers.authorizations.capture(id)).transactions[0]?.id]
  },
  'testHelpers.terminal.readers.presentPaymentMethod': async (made) => {
    const [id, order] = await withIntent(made)
    await made.stripe.terminal.readers.processPaymentIntent(id, order)
    return [id]
  },
}
