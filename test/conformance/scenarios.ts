import Stripe from 'stripe'

/** What a scenario may use to make the objects it needs. */
export interface Made {
  stripe: Stripe
  /** Puts an object of a kind that nothing in the API makes into the store. */
  put(object: string, fields?: object): string
}

const usd = { currency: 'usd' } as const

const customer = ({ stripe }: Made) => stripe.customers.create({ email: 'ann@example.com' })

const paid = ({ stripe }: Made, card = 'pm_card_visa') =>
  stripe.paymentIntents.create({ amount: 5000, ...usd, payment_method: card, confirm: true })

const authorised = ({ stripe }: Made) =>
  stripe.paymentIntents.create({
    amount: 5000,
    ...usd,
    payment_method: 'pm_card_visa',
    confirm: true,
    capture_method: 'manual',
  })

const connected = ({ stripe }: Made, type: 'custom' | 'express' = 'custom') =>
  stripe.accounts.create({
    type,
    country: 'US',
    email: 'seller@example.com',
    business_type: 'individual',
    capabilities: { transfers: { requested: true }, card_payments: { requested: true } },
    ...(type === 'custom' && { tos_acceptance: { date: 1_767_225_600, ip: '127.0.0.1' } }),
  })

/** A bank account that is checked by two small deposits. */
const checkedBank = {
  payment_method_data: {
    type: 'us_bank_account',
    us_bank_account: { account_holder_type: 'individual', account_number: '000123456789', routing_number: '110000000' },
    billing_details: { name: 'Ann', email: 'ann@example.com' },
  },
  payment_method_options: { us_bank_account: { verification_method: 'microdeposits' } },
  mandate_data: { customer_acceptance: { type: 'offline', offline: {} } },
} as const

const bankToken = async ({ stripe }: Made) => {
  const bank_account = { country: 'US', ...usd, account_number: '000123456789', routing_number: '110000000' }
  return (await stripe.tokens.create({ bank_account })).id
}

async function withBank(made: Made): Promise<[string, string]> {
  const { id } = await connected(made)
  return [id, (await made.stripe.accounts.createExternalAccount(id, { external_account: await bankToken(made) })).id]
}

async function withPerson(made: Made): Promise<[string, string]> {
  const { id } = await connected(made)
  return [id, (await made.stripe.accounts.createPerson(id, { first_name: 'Ann', last_name: 'Example' })).id]
}

/** A connected account that may receive transfers, as one is when it has answered everything. */
const seller = ({ put }: Made) => put('account', { capabilities: { transfers: 'active' }, default_currency: 'usd' })

/** Money that is there at once, as payouts and transfers want it. */
const fund = (made: Made) => paid(made, 'pm_card_bypassPending')

const item = { price_data: { ...usd, unit_amount: 2000, product_data: { name: 'Pack' } }, quantity: 1 }

const session = ({ stripe }: Made) =>
  stripe.checkout.sessions.create({ mode: 'payment', success_url: 'https://shop.example/done', line_items: [item] })

const payout = async (made: Made) => {
  await fund(made)
  return made.stripe.payouts.create({ amount: 1000, ...usd })
}

const transfer = async (made: Made) => {
  await fund(made)
  const destination = seller(made)
  return made.stripe.transfers.create({ amount: 1000, ...usd, destination })
}

/** Arguments for the methods that want objects in a certain state; made with the same SDK against the same sandbox. */
export const scenarios: Record<string, (made: Made) => Promise<unknown[]>> = {
  'accountLinks.create': async (made) => [
    {
      account: (await connected(made)).id,
      type: 'account_onboarding',
      refresh_url: 'https://shop.example/again',
      return_url: 'https://shop.example/back',
    },
  ],
  'accounts.reject': async (made) => [(await connected(made)).id, { reason: 'other' }],
  'accounts.retrieveCapability': async (made) => [(await connected(made)).id, 'transfers'],
  'accounts.updateCapability': async (made) => [(await connected(made)).id, 'transfers', { requested: true }],
  'accounts.createExternalAccount': async (made) => [
    (await connected(made)).id,
    { external_account: await bankToken(made) },
  ],
  'accounts.deleteExternalAccount': async (made) => {
    const [account, first] = await withBank(made)
    await made.stripe.accounts.createExternalAccount(account, {
      external_account: await bankToken(made),
      default_for_currency: true,
    })
    return [account, first]
  },
  'accounts.retrieveExternalAccount': withBank,
  'accounts.updateExternalAccount': async (made) => [...(await withBank(made)), { metadata: { a: 'b' } }],
  'accounts.createLoginLink': async (made) => [(await connected(made, 'express')).id],
  'accounts.retrievePerson': withPerson,
  'accounts.deletePerson': withPerson,
  'accounts.updatePerson': async (made) => [...(await withPerson(made)), { first_name: 'Anna' }],
  'applicationFees.createRefund': async ({ put }) => [put('application_fee', { amount: 100, ...usd })],
  'charges.create': async () => [{ amount: 2000, ...usd, source: 'tok_visa' }],
  'charges.capture': async ({ stripe }) => [
    (await stripe.charges.create({ amount: 2000, ...usd, source: 'tok_visa', capture: false })).id,
  ],
  'checkout.sessions.create': async () => [
    { mode: 'payment', success_url: 'https://shop.example/done', line_items: [item] },
  ],
  'checkout.sessions.expire': async (made) => [(await session(made)).id],
  'checkout.sessions.retrieve': async (made) => [(await session(made)).id, { expand: ['line_items'] }],
  'checkout.sessions.listLineItems': async (made) => [(await session(made)).id],
  'customers.createSource': async (made) => [(await customer(made)).id, { source: 'tok_visa' }],
  'ephemeralKeys.create': async (made) => [{ customer: (await customer(made)).id }, { apiVersion: Stripe.API_VERSION }],
  'files.create': async () => [
    { purpose: 'dispute_evidence', file: { data: Buffer.from('%PDF-1.4'), name: 'a.pdf', type: 'application/pdf' } },
  ],
  'paymentIntents.create': async () => [{ amount: 2000, ...usd, payment_method: 'pm_card_visa', confirm: true }],
  'paymentIntents.capture': async (made) => [(await authorised(made)).id, { amount_to_capture: 2000 }],
  'paymentIntents.incrementAuthorization': async (made) => [(await authorised(made)).id, { amount: 6000 }],
  'paymentIntents.confirm': async ({ stripe }) => [
    (await stripe.paymentIntents.create({ amount: 2000, ...usd })).id,
    { payment_method: 'pm_card_threeDSecure2Required', return_url: 'https://shop.example/back' },
  ],
  'paymentLinks.create': async () => [{ line_items: [item] }],
  'paymentMethods.create': async () => [{ type: 'card', card: { token: 'tok_mastercard' } }],
  'paymentMethods.attach': async (made) => ['pm_card_visa', { customer: (await customer(made)).id }],
  'paymentMethods.detach': async (made) => {
    const { id } = await customer(made)
    return [(await made.stripe.paymentMethods.attach('pm_card_visa', { customer: id })).id]
  },
  'payouts.create': async (made) => {
    await fund(made)
    return [{ amount: 1000, ...usd }]
  },
  'payouts.cancel': async (made) => [(await payout(made)).id],
  'payouts.reverse': async ({ put }) => [put('payout', { amount: 1000, ...usd, status: 'paid' })],
  'paymentIntents.verifyMicrodeposits': async ({ stripe }) => {
    const intent = await stripe.paymentIntents.create({ amount: 2000, ...usd, confirm: true, ...checkedBank })
    return [intent.id, { amounts: [32, 45] }]
  },
  'prices.create': async () => [{ ...usd, unit_amount: 1000, product_data: { name: 'Pack' } }],
  'refunds.create': async (made) => [{ payment_intent: (await paid(made)).id }],
  'refunds.cancel': async (made) => {
    const payment_intent = (await paid(made, 'pm_card_pendingRefund')).id
    return [(await made.stripe.refunds.create({ payment_intent })).id]
  },
  'setupIntents.confirm': async ({ stripe }) => [
    (await stripe.setupIntents.create({})).id,
    { payment_method: 'pm_card_visa' },
  ],
  'setupIntents.verifyMicrodeposits': async ({ stripe }) => {
    const intent = await stripe.setupIntents.create({ confirm: true, ...checkedBank })
    return [intent.id, { amounts: [32, 45] }]
  },
  'tokens.create': async () => [{ card: { number: '4242424242424242', exp_month: '12', exp_year: '2034' } }],
  'transfers.create': async (made) => {
    await fund(made)
    return [{ amount: 1000, ...usd, destination: seller(made) }]
  },
  'transfers.createReversal': async (made) => [(await transfer(made)).id, { amount: 500 }],
  'webhookEndpoints.create': async () => [{ url: 'http://127.0.0.1:9/hook', enabled_events: ['*'] }],
}
