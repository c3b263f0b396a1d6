import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { refusalOf } from '../../support/stripe.ts'
import { type Behaviour, eventTypes, runBehaviours } from './run.ts'

const priced = { currency: 'usd', unit_amount: 1000, product_data: { name: 'Pack' } } as const
const monthly = { ...priced, recurring: { interval: 'month' } } as const

const behaviours: Behaviour[] = [
  [
    'a customer has an invoice prefix of its own',
    'api/customers/object',
    async ({ stripe }) => {
      const [a, b] = [await stripe.customers.create(), await stripe.customers.create()]
      assert.match(a.invoice_prefix ?? '', /^[0-9A-Z]{8}$/)
      assert.notEqual(a.invoice_prefix, b.invoice_prefix)
    },
  ],
  [
    'a deleted customer is a stub',
    'api/customers/delete',
    async ({ stripe }) => {
      const { id } = await stripe.customers.create()
      assert.equal((await stripe.customers.del(id)).deleted, true)
      const { lastResponse: _, ...stub } = await stripe.customers.retrieve(id)
      assert.deepEqual(stub, { id, object: 'customer', deleted: true })
    },
  ],
  [
    'a deleted customer is in no list and cannot be updated',
    'api/customers/delete',
    async ({ stripe }) => {
      const { id } = await stripe.customers.create()
      await stripe.customers.del(id)
      assert.deepEqual((await stripe.customers.list()).data, [])
      assert.equal((await refusalOf(stripe.customers.update(id, { name: 'Ann' }))).code, 'resource_missing')
    },
  ],
  [
    'metadata is merged, and an empty value removes a key',
    'api/metadata',
    async ({ stripe }) => {
      const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } })
      const { metadata } = await stripe.customers.update(id, { metadata: { b: '', c: '3' } })
      assert.deepEqual(metadata, { a: '1', c: '3' })
    },
  ],
  [
    'an update says what it changed',
    'api/events/object#event_object-data-previous_attributes',
    async ({ stripe }) => {
      const { id } = await stripe.customers.create({ name: 'Ann' })
      await stripe.customers.update(id, { name: 'Anna' })
      const { data } = await stripe.events.list({ type: 'customer.updated' })
      assert.deepEqual(data[0]?.data.previous_attributes, { name: 'Ann' })
    },
  ],
  [
    'an address that is none is refused',
    'api/customers/create',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.customers.create({ email: 'nowhere' }))
      assert.deepEqual([error.code, error.param], ['email_invalid', 'email'])
    },
  ],
  [
    'customers are found by their email',
    'api/customers/list',
    async ({ stripe }) => {
      for (const email of ['a@example.com', 'b@example.com']) await stripe.customers.create({ email })
      const { data } = await stripe.customers.list({ email: 'b@example.com' })
      assert.deepEqual(
        data.map(({ email }) => email),
        ['b@example.com'],
      )
    },
  ],
  [
    'a price says its amount both ways',
    'api/prices/object',
    async ({ stripe }) => {
      const price = await stripe.prices.create(priced)
      assert.deepEqual([price.unit_amount, String(price.unit_amount_decimal), price.type], [1000, '1000', 'one_time'])
    },
  ],
  [
    'a price can be a fraction of a cent',
    'api/prices/object',
    async ({ stripe }) => {
      const { unit_amount: _, ...rest } = priced
      const price = await stripe.prices.create({ ...rest, unit_amount_decimal: Stripe.Decimal.from('0.5') })
      assert.deepEqual([price.unit_amount, String(price.unit_amount_decimal)], [null, '0.5'])
    },
  ],
  [
    'a price has one amount',
    'api/prices/create',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.prices.create({ ...priced, unit_amount_decimal: Stripe.Decimal.from('10') }))
      assert.equal(error.code, 'parameters_exclusive')
    },
  ],
  [
    'a recurring price recurs every one interval',
    'api/prices/object',
    async ({ stripe }) => {
      const price = await stripe.prices.create(monthly)
      assert.deepEqual(
        [price.type, price.recurring?.interval, price.recurring?.interval_count, price.recurring?.usage_type],
        ['recurring', 'month', 1, 'licensed'],
      )
    },
  ],
  [
    'a price makes its product',
    'api/prices/create',
    async ({ stripe }) => {
      const { product } = await stripe.prices.create(priced)
      assert.equal(((await stripe.products.retrieve(product as string)) as Stripe.Product).name, 'Pack')
      assert.deepEqual(await eventTypes(stripe), ['product.created', 'price.created'])
    },
  ],
  [
    'a price needs a product',
    'api/prices/create',
    async ({ stripe }) => {
      const error = await refusalOf(stripe.prices.create({ currency: 'usd', unit_amount: 5 }))
      assert.equal(error.statusCode, 400)
    },
  ],
  [
    'the amount of a price never changes',
    'api/prices/update',
    async ({ stripe }) => {
      const { id } = await stripe.prices.create(priced)
      const error = await refusalOf(stripe.prices.update(id, { unit_amount: 5 } as Stripe.PriceUpdateParams))
      assert.deepEqual([error.code, error.param], ['parameter_unknown', 'unit_amount'])
    },
  ],
  [
    'a lookup key belongs to one price',
    'products-prices/manage-prices#lookup-keys',
    async ({ stripe }) => {
      await stripe.prices.create({ ...priced, lookup_key: 'pack' })
      assert.equal((await refusalOf(stripe.prices.create({ ...priced, lookup_key: 'pack' }))).param, 'lookup_key')
    },
  ],
  [
    'a lookup key can be handed on',
    'products-prices/manage-prices#lookup-keys',
    async ({ stripe }) => {
      const old = await stripe.prices.create({ ...priced, lookup_key: 'pack' })
      const next = await stripe.prices.create({ ...priced, lookup_key: 'pack', transfer_lookup_key: true })
      const { data } = await stripe.prices.list({ lookup_keys: ['pack'] })
      assert.deepEqual(
        data.map(({ id }) => id),
        [next.id],
      )
      assert.equal((await stripe.prices.retrieve(old.id)).lookup_key, null)
    },
  ],
  [
    'a product with prices is not deleted',
    'api/products/delete',
    async ({ stripe }) => {
      const { product } = await stripe.prices.create(priced)
      assert.match((await refusalOf(stripe.products.del(product as string))).message, /cannot be deleted/)
    },
  ],
  [
    'a product without prices is deleted',
    'api/products/delete',
    async ({ stripe }) => {
      const { id } = await stripe.products.create({ name: 'Pack' })
      assert.equal((await stripe.products.del(id)).deleted, true)
      assert.equal((await refusalOf(stripe.products.update(id, { name: 'x' }))).code, 'resource_missing')
    },
  ],
  [
    'a product can choose its id, once',
    'api/products/create',
    async ({ stripe }) => {
      assert.equal((await stripe.products.create({ id: 'pack', name: 'Pack' })).id, 'pack')
      assert.equal(
        (await refusalOf(stripe.products.create({ id: 'pack', name: 'Pack' }))).code,
        'resource_already_exists',
      )
    },
  ],
  [
    'a product can bring its price',
    'api/products/create',
    async ({ stripe }) => {
      const product = await stripe.products.create({
        name: 'Pack',
        default_price_data: { currency: 'usd', unit_amount: 5 },
        expand: ['default_price'],
      })
      assert.equal((product.default_price as Stripe.Price).product, product.id)
    },
  ],
  [
    'a test payment method is a new one each time',
    'testing',
    async ({ stripe }) => {
      const { id: customer } = await stripe.customers.create()
      const [a, b] = [
        await stripe.paymentMethods.attach('pm_card_visa', { customer }),
        await stripe.paymentMethods.attach('pm_card_visa', { customer }),
      ]
      assert.notEqual(a.id, b.id)
      assert.equal(a.card?.fingerprint, b.card?.fingerprint)
    },
  ],
  [
    'a payment method shows brand and last four digits, never the number',
    'api/payment_methods/object',
    async ({ stripe }) => {
      const method = await stripe.paymentMethods.create({
        type: 'card',
        card: { number: '5555555555554444', exp_month: 12, exp_year: 2034, cvc: '123' },
      })
      assert.deepEqual(
        [method.card?.brand, method.card?.last4, method.card?.checks?.cvc_check],
        ['mastercard', '4444', 'pass'],
      )
      assert.doesNotMatch(JSON.stringify(method), /5555555555554444/)
    },
  ],
  [
    'a wrong card number is refused',
    'testing#declined-payments',
    async ({ stripe }) => {
      const error = await refusalOf(
        stripe.paymentMethods.create({
          type: 'card',
          card: { number: '4242424242424241', exp_month: 12, exp_year: 2034 },
        }),
      )
      assert.deepEqual(
        [error.statusCode, error.code, error.message],
        [402, 'incorrect_number', 'Your card number is incorrect.'],
      )
    },
  ],
  [
    'a card of the past is refused',
    'testing#invalid-data',
    async ({ stripe }) => {
      const error = await refusalOf(
        stripe.paymentMethods.create({
          type: 'card',
          card: { number: '4242424242424242', exp_month: 12, exp_year: 2020 },
        }),
      )
      assert.equal(error.code, 'invalid_expiry_year')
    },
  ],
  [
    'month 13 is refused',
    'testing#invalid-data',
    async ({ stripe }) => {
      const error = await refusalOf(
        stripe.paymentMethods.create({
          type: 'card',
          card: { number: '4242424242424242', exp_month: 13, exp_year: 2034 },
        }),
      )
      assert.equal(error.code, 'invalid_expiry_month')
    },
  ],
  [
    'a security code of two digits is refused',
    'testing#invalid-data',
    async ({ stripe }) => {
      const error = await refusalOf(
        stripe.paymentMethods.create({
          type: 'card',
          card: { number: '4242424242424242', exp_month: 12, exp_year: 2034, cvc: '99' },
        }),
      )
      assert.equal(error.code, 'invalid_cvc')
    },
  ],
  [
    'a card of the real world is refused in test mode',
    'declines/codes',
    async ({ stripe }) => {
      const error = await refusalOf(
        stripe.paymentMethods.create({
          type: 'card',
          card: { number: '4929420573595709', exp_month: 12, exp_year: 2034 },
        }),
      )
      assert.equal(error.decline_code, 'test_mode_live_card')
    },
  ],
  [
    'a customer’s payment methods are listed',
    'api/payment_methods/customer_list',
    async ({ stripe }) => {
      const { id } = await stripe.customers.create()
      const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: id })
      assert.deepEqual(
        (await stripe.customers.listPaymentMethods(id)).data.map((each) => each.id),
        [method.id],
      )
    },
  ],
  [
    'an always declined card cannot be attached',
    'testing#declined-payments',
    async ({ stripe }) => {
      const { id: customer } = await stripe.customers.create()
      assert.equal(
        (await refusalOf(stripe.paymentMethods.attach('pm_card_chargeDeclined', { customer }))).code,
        'card_declined',
      )
    },
  ],
  [
    'a card can be attached and still fail to pay',
    'testing#declined-payments',
    async ({ stripe }) => {
      const { id: customer } = await stripe.customers.create()
      const { id: payment_method } = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer })
      const error = await refusalOf(
        stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer, payment_method, confirm: true }),
      )
      assert.equal(error.code, 'card_declined')
    },
  ],
  [
    'a payment method pays for its own customer only',
    'api/payment_methods/attach',
    async ({ stripe }) => {
      const [ann, bob] = [await stripe.customers.create(), await stripe.customers.create()]
      const { id: payment_method } = await stripe.paymentMethods.attach('pm_card_visa', { customer: ann.id })
      const error = await refusalOf(
        stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer: bob.id, payment_method, confirm: true }),
      )
      assert.equal(error.param, 'payment_method')
    },
  ],
  [
    'a payment method without a customer is good for one payment',
    'payments/payment-methods#usage',
    async ({ stripe }) => {
      const { id: payment_method } = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
      const pay = () => stripe.paymentIntents.create({ amount: 500, currency: 'usd', payment_method, confirm: true })
      await pay()
      assert.match((await refusalOf(pay())).message, /was previously used/)
    },
  ],
  [
    'a detached payment method is gone for good',
    'api/payment_methods/detach',
    async ({ stripe }) => {
      const { id: customer } = await stripe.customers.create()
      const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer })
      assert.equal((await stripe.paymentMethods.detach(id)).customer, null)
      assert.match((await refusalOf(stripe.paymentMethods.attach(id, { customer }))).message, /may not be used again/)
      assert.match((await refusalOf(stripe.paymentMethods.detach(id))).message, /detachment is impossible/)
    },
  ],
  [
    'setup_future_usage keeps the card for the customer',
    'payments/save-during-payment',
    async ({ stripe }) => {
      const { id: customer } = await stripe.customers.create()
      const intent = await stripe.paymentIntents.create({
        amount: 500,
        currency: 'usd',
        customer,
        payment_method: 'pm_card_visa',
        confirm: true,
        setup_future_usage: 'off_session',
      })
      assert.equal((await stripe.paymentMethods.retrieve(intent.payment_method as string)).customer, customer)
    },
  ],
  [
    'a token is good once',
    'api/tokens',
    async ({ stripe }) => {
      const { id } = await stripe.tokens.create({
        card: { number: '4242424242424242', exp_month: '12', exp_year: '2034' },
      })
      await stripe.charges.create({ amount: 500, currency: 'usd', source: id })
      assert.equal(
        (await refusalOf(stripe.charges.create({ amount: 500, currency: 'usd', source: id }))).code,
        'token_already_used',
      )
    },
  ],
  [
    'a customer can be charged by the card saved the old way',
    'api/charges/create',
    async ({ stripe }) => {
      const { default_source, id: customer } = await stripe.customers.create({ source: 'tok_visa' })
      assert.match(default_source as string, /^card_/)
      assert.equal((await stripe.charges.create({ amount: 500, currency: 'usd', customer })).paid, true)
    },
  ],
]

runBehaviours(behaviours)
