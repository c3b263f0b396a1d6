import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StripeError } from '../../../src/stripe/error.ts'
import { parseQuery } from '../../../src/stripe/protocol/search.ts'

const objects = [
  { id: 'a', email: 'ann@example.com', amount: 100, metadata: { order: '1' }, card: { brand: 'visa' } },
  { id: 'b', email: 'bob@example.com', amount: 200, metadata: {}, card: { brand: 'amex' } },
  { id: 'c', email: null, amount: 300, metadata: { order: '3' }, card: null },
]
const find = (query: string): string =>
  objects
    .filter(parseQuery(query).keep)
    .map(({ id }) => id)
    .join('')

test('each operator finds what it says', () => {
  assert.equal(find('email:"ann@example.com"'), 'a')
  assert.equal(find("email:'ANN@example.com'"), 'a')
  assert.equal(find('email~"example"'), 'ab')
  assert.equal(find('-email~"ann"'), 'bc')
  assert.equal(find('amount>100'), 'bc')
  assert.equal(find('amount>=100 AND amount<300'), 'ab')
  assert.equal(find('amount:300'), 'c')
  assert.equal(find('card.brand:"amex"'), 'b')
  assert.equal(find('metadata["order"]:"3"'), 'c')
  assert.equal(find('-metadata["order"]:null'), 'ac')
  assert.equal(find('metadata["order"]:null'), 'b')
})

test('clauses are joined by AND or OR, a space is AND', () => {
  assert.equal(find('amount:100 OR amount:300'), 'ac')
  assert.equal(find('amount:100 AND email~"bob"'), '')
  assert.equal(find('amount>100 email~"bob"'), 'b')
})

test('what is not a query is refused with 400', () => {
  for (const query of ['', 'email', 'email:', 'email:"x', 'a:1 AND b:2 OR c:3', 'email="x"', 'x'.repeat(3000)])
    assert.throws(
      () => parseQuery(query),
      (error) => error instanceof StripeError && error.status === 400,
      query,
    )
})

test('equalities that hold for everything found lead to an index; what they ask of an object is what the query asks', () => {
  const cards = {
    id: 'd',
    email: 'ANN@example.com',
    amount: 300,
    metadata: {},
    items: [{ n: 'A' }, { n: 'b' }, { n: 'a' }],
  }
  const termsOf = (query: string) => parseQuery(query).terms.map(({ name, key }) => [name, key])

  assert.deepEqual(termsOf('metadata["A b"]:"X" AND amount:300 AND email~"x" AND -amount:1'), [
    ['metadata\0A b', 'x'],
    ['amount', '300'],
  ])
  for (const query of ['-amount:1', 'email~"a"', 'email:"a" OR amount:1', 'email:null', 'amount>1'])
    assert.deepEqual(termsOf(query), [], query)
  for (const query of ['email:"ann@EXAMPLE.com"', 'amount:300', 'items.n:"B"', 'metadata["order"]:"3"', 'toString:"x"'])
    for (const object of [...objects, cards]) {
      const { keep, terms } = parseQuery(query)
      const isLedTo = terms.every(({ key, keysOf }) => [keysOf(object)].flat().includes(key))
      assert.equal(isLedTo, keep(object), `${query} ${object.id}`)
    }
  assert.deepEqual(parseQuery('items.n:"a"').terms[0]?.keysOf(cards), ['a', 'b'])
})

test('names that every object inherits are found only where they are', () => {
  assert.equal(find('metadata["toString"]:null'), 'abc')
  assert.equal(find('constructor:"x"'), '')
})
