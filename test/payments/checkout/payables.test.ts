import assert from 'node:assert/strict'
import { test } from 'node:test'
import { madeBy, payablesOf } from '../../../src/payments/checkout/payables.ts'
import type { ProviderCall } from '../../../src/payments/double/types.ts'

const call = (fields: Partial<ProviderCall>): ProviderCall => ({
  provider: 'stripe',
  sequence: 1,
  at: 0,
  method: 'POST',
  path: '/v1/checkout/sessions',
  query: '',
  params: {},
  body: '',
  headers: {},
  ...fields,
})

test('a session that was made can be paid, also where its answer was lost', () => {
  const answer = { id: 'cs_1', amount_total: 4999, currency: 'usd' }
  const [made] = payablesOf([call({ answer, status: 200 })])
  const [lost] = payablesOf([call({ answer, fault: 'perform-then-drop' })])

  assert.deepEqual([made?.id, made?.amount, made?.currency], ['cs_1', 4999, 'usd'])
  assert.equal(lost?.id, 'cs_1')
})

test('refused, replayed and other calls make nothing that can be paid', () => {
  const calls = [
    call({ answer: { error: { message: 'no' } }, status: 400 }),
    call({ answer: { id: 'cs_1' }, status: 200, replayed: true }),
    call({ path: '/v1/customers', answer: { id: 'cus_1' }, status: 200 }),
    call({ method: 'GET', answer: { id: 'cs_1' }, status: 200 }),
    call({ fault: 'drop' }),
  ]

  assert.deepEqual(payablesOf(calls), [])
  assert.deepEqual(
    calls.map((each) => madeBy(each)?.id),
    [undefined, undefined, 'cus_1', undefined, undefined],
  )
})

test('a PayPal order costs what its units add up to, in its currency’s own coins', () => {
  const order = (currency_code: string, ...values: string[]) =>
    call({
      provider: 'paypal',
      path: '/v2/checkout/orders',
      params: { purchase_units: values.map((value) => ({ amount: { value, currency_code } })) },
      answer: { id: 'O1', status: 'CREATED' },
      status: 201,
    })

  const money = payablesOf([order('USD', '49.99', '0.01'), order('JPY', '500')])

  assert.deepEqual(
    money.map(({ amount, currency }) => [amount, currency]),
    [
      [5000, 'usd'],
      [500, 'jpy'],
    ],
  )
})
