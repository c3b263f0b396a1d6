import assert from 'node:assert/strict'
import { test } from 'node:test'
import { grantsOf, itemsOf, paymentOf, recordsOf } from '../../../src/payments/observe/select.ts'
import { fillStatement } from '../../../src/payments/observe/sources/sql.ts'

const source = { kind: 'http' as const, path: '/', headers: {} }
const subject = { user: 'u1', email: 'a@example.test', payment: 'pi_1' }
const card = (payment: string, revoked: unknown) => ({ payment_id: payment, revoked })

test('grants of the payment are counted, active and in all', () => {
  const document = { cards: [card('pi_1', false), card('pi_1', true), card('pi_2', false)] }
  const grants = { source, list: '$.cards', where: { payment_id: '{payment}' }, active: '$.revoked == false' }

  assert.deepEqual(grantsOf(document, grants, subject), { active: 1, total: 2 })
})

test('no document, no list and a null list are no grants', () => {
  const grants = { source, list: '$.cards', active: '$.revoked == false' }

  for (const document of [undefined, {}, { cards: null }, { cards: [] }]) {
    assert.deepEqual(grantsOf(document, grants, subject), { active: 0, total: 0 })
  }
})

test('without a list the document is the one item, or the list itself', () => {
  const grants = { source, active: '$.isSubscribed == true' }

  assert.deepEqual(grantsOf({ isSubscribed: true }, grants, subject), { active: 1, total: 1 })
  assert.deepEqual(grantsOf([{ isSubscribed: 1 }, { isSubscribed: 0 }], grants, subject), { active: 1, total: 2 })
})

test('a balance can stand for the number of active grants', () => {
  assert.deepEqual(grantsOf({ credits: '7' }, { source, count: '$.credits' }, subject), { active: 7 })
  assert.deepEqual(grantsOf(undefined, { source, count: '$.credits' }, subject), { active: 0 })
})

test('where compares as text, looks into lists and follows paths', () => {
  const items = [{ id: 1, to: ['a@example.test'], meta: { payment: 'pi_1' } }, { id: 2 }, null, 'text']
  const found = (where: Record<string, string>) => itemsOf(items, { where }, subject).length

  assert.equal(found({ id: '1' }), 1)
  assert.equal(found({ to: '{email}' }), 1)
  assert.equal(found({ '$.meta.payment': '{payment}' }), 1)
  assert.equal(found({ toString: 'x' }), 0)
})

test('a payment is read from a document or from the first row, and a missing one is not found', () => {
  const payment = { source, amount: '$.amount', currency: '$.currency', status: '$.status', refunded: '$.refunded' }
  const seen = { found: true, amount: 4999, currency: 'usd', status: 'captured' }

  assert.deepEqual(paymentOf({ amount: '4999', currency: 'USD', status: 'captured', refunded: null }, payment), seen)
  assert.deepEqual(paymentOf([{ amount: 4999, currency: 'usd', status: 'captured' }], payment), seen)
  assert.deepEqual(paymentOf(undefined, payment), { found: false })
  assert.deepEqual(paymentOf([], payment), { found: false })
})

test('records carry what the contract selects, and all of what was read', () => {
  const observer = { source, list: '$.items', event: '$.event', actor: '$.user_id', hash: '$.hash', after: '$.after' }
  const raw = { event: 'gateway_capture', user_id: 7, hash: 'h', after: { n: 1 }, more: true }

  assert.deepEqual(recordsOf({ items: [raw] }, observer, subject), [
    { event: 'gateway_capture', actor: '7', hash: 'h', after: { n: 1 }, raw },
  ])
})

test('placeholders in a statement become texts that end nowhere else', () => {
  const hostile = { payment: "x' or '1'='1", user: 'u1' }

  assert.equal(
    fillStatement(
      "select 'a{user}b', \"{user}\" from t where p = {payment} and q = '{payment}' and r = {other}",
      hostile,
    ),
    "select 'au1b', \"u1\" from t where p = 'x'' or ''1''=''1' and q = 'x'' or ''1''=''1' and r = {other}",
  )
  assert.throws(() => fillStatement('select {payment}', { payment: "\\' or 1=1 -- " }))
})
