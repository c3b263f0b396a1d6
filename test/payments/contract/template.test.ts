import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fill, fillCommand, fillJson, fillPath } from '../../../src/payments/contract/template.ts'

const fillings = { user: "o'neil & co/../x", payment: 'pi_1' }

test('what is filled into a path stays within its segment', () => {
  assert.equal(
    fillPath('/users/{user}/cards?payment={payment}', fillings),
    "/users/o'neil%20%26%20co%2F..%2Fx/cards?payment=pi_1",
  )
})

test('what is filled into a command stays one word', () => {
  assert.equal(fillCommand('show {payment} {user}', fillings), `show pi_1 'o'\\''neil & co/../x'`)
})

test('braces that are no placeholder stay as they are', () => {
  assert.equal(fill('{"a": {b}} ${HOME} {payment}', fillings), '{"a": {b}} ${HOME} pi_1')
})

test('every text in a JSON body is filled, numbers and keys are not touched', () => {
  assert.deepEqual(fillJson({ '{payment}': ['{payment}', 1, null, { a: 'x{payment}' }] }, fillings), {
    '{payment}': ['pi_1', 1, null, { a: 'xpi_1' }],
  })
})
