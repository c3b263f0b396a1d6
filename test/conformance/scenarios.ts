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

/** A customer who pays with a card by default. */
async function payer({ stripe }: Made): Promise<string> {
  const { id } = await stripe.customers.create({ email: 'ann@example.com' })
  const { id: method } = await stripe.paymentMethods.attach('pm_card_visa', { customer: id })
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: method } })
  return id
}

const monthly = async ({ stripe }: Made) =>
  (
    await stripe.prices.create({
      ...usd,
      unit_amount: 1000,
      recurring: { interval: 'month' },
      product_data: { name: 'Pro' },
    })
  ).id

const subscription = async (made: Made) =>
  made.stripe.subscriptions.create({ customer: await payer(made), items: [{ price: await monthly(made) }] })

const draft = async (made: Made) => {
  const customer = await payer(made)
  const invoice = await made.stripe.invoices.create({ customer, auto_advance: false })
  await made.stripe.invoiceItems.create({ customer, invoice: invoice.id, amount: 1000, ...usd })
  return invoice.id
}

const finalized = async (made: Made) => (await made.stripe.invoices.finalizeInvoice(await draft(made))).id

const lineOf = async ({ stripe }: Made, invoice: string) =>
  (await stripe.invoices.retrieve(invoice)).lines.data[0]?.id ?? ''

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
  'coupons.create': async () => [{ percent_off: 10 }],
  'customers.createSource': async (made) => [(await customer(made)).id, { source: 'tok_visa' }],
  'ephemeralKeys.create': async (made) => [{ customer: (await customer(made)).id }, { apiVersion: Stripe.API_VERSION }],
  'files.create': async () => [
    { purpose: 'dispute_evidence', file: { data: Buffer.from('%PDF-1.4'), name: 'a.pdf', type: 'application/pdf' } },
  ],
  'invoiceItems.create': async (made) => [{ customer: await payer(made), amount: 1000, ...usd }],
  'invoices.create': async (made) => [{ customer: await payer(made) }],
  'invoices.createPreview': async (made) => [
    { customer: await payer(made), subscription_details: { items: [{ price: await monthly(made) }] } },
  ],
  'invoices.del': async (made) => [await draft(made)],
  'invoices.addLines': async (made) => [await draft(made), { lines: [{ amount: 500, description: 'More' }] }],
  'invoices.removeLines': async (made) => {
    const id = await draft(made)
    return [id, { lines: [{ id: await lineOf(made, id), behavior: 'delete' }] }]
  },
  'invoices.updateLines': async (made) => {
    const id = await draft(made)
    return [id, { lines: [{ id: await lineOf(made, id), description: 'Changed' }] }]
  },
  'invoices.attachPayment': async (made) => {
    const id = await finalized(made)
    const customer = (await made.stripe.invoices.retrieve(id)).customer as string
    const intent = await made.stripe.paymentIntents.create({ amount: 1000, ...usd, customer })
    return [id, { payment_intent: intent.id }]
  },
  'invoices.finalizeInvoice': async (made) => [await draft(made)],
  'invoices.markUncollectible': async (made) => [await finalized(made)],
  'invoices.pay': async (made) => [await finalized(made)],
  'invoices.sendInvoice': async (made) => {
    const customer = await payer(made)
    return [(await made.stripe.invoices.create({ customer, collection_method: 'send_invoice', days_until_due: 7 })).id]
  },
  'invoices.voidInvoice': async (made) => [await finalized(made)],
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
  'plans.create': async () => [{ amount: 1000, ...usd, interval: 'month', product: { name: 'Pro' } }],
  'prices.create': async () => [{ ...usd, unit_amount: 1000, product_data: { name: 'Pack' } }],
  'promotionCodes.create': async ({ stripe }) => {
    const coupon = (await stripe.coupons.create({ percent_off: 10 })).id
    return [{ promotion: { type: 'coupon', coupon } }]
  },
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
  'shippingRates.create': async () => [
    { display_name: 'Post', type: 'fixed_amount', fixed_amount: { amount: 500, ...usd } },
  ],
  'subscriptionItems.create': async (made) => [
    { subscription: (await subscription(made)).id, price: await monthly(made) },
  ],
  'subscriptionItems.update': async (made) => [(await subscription(made)).items.data[0]?.id, { quantity: 2 }],
  'subscriptionItems.del': async (made) => {
    const { id } = await subscription(made)
    return [(await made.stripe.subscriptionItems.create({ subscription: id, price: await monthly(made) })).id]
  },
  'subscriptions.create': async (made) => [{ customer: await payer(made), items: [{ price: await monthly(made) }] }],
  'subscriptions.deleteDiscount': async (made) => {
    const coupon = (await made.stripe.coupons.create({ percent_off: 10 })).id
    const { id } = await subscription(made)
    await made.stripe.subscriptions.update(id, { discounts: [{ coupon }] })
    return [id]
  },
  'subscriptions.pause': async (made) => [(await subscription(made)).id],
  'subscriptions.resume': async (made) => {
    const { id } = await subscription(made)
    await made.stripe.subscriptions.pause(id, { type: 'subscription' })
    return [id]
  },
  'tokens.create': async () => [{ card: { number: '4242424242424242', exp_month: '12', exp_year: '2034' } }],
  'transfers.create': async (made) => {
    await fund(made)
    return [{ amount: 1000, ...usd, destination: seller(made) }]
  },
  'transfers.createReversal': async (made) => [(await transfer(made)).id, { amount: 500 }],
  'webhookEndpoints.create': async () => [{ url: 'http://127.0.0.1:9/hook', enabled_events: ['*'] }],
}
