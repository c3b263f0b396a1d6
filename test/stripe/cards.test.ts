import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brandOfNumber, cardOfName, cardOfNumber, isLuhnValid, testCards } from '../../src/stripe/cards.ts'

test('every test card has a valid check digit and a number of its brand', () => {
  for (const { number, brand } of testCards()) {
    assert.ok(isLuhnValid(number), `${number} has a wrong check digit`)
    assert.equal(brandOfNumber(number), brand, number)
  }
})

test('no number and no name is in the table twice', () => {
  const numbers = testCards().map(({ number }) => number)
  const names = testCards().flatMap(({ names }) => names)

  assert.equal(new Set(numbers).size, numbers.length)
  assert.equal(new Set(names).size, names.length)
})

test('a card is the same by number, by payment method name and by token name', () => {
  const card = cardOfNumber('4000000000009995')

  assert.equal(card?.decline, 'insufficient_funds')
  assert.equal(cardOfName('pm_card_visa_chargeDeclinedInsufficientFunds'), card)
  assert.equal(cardOfName('pm_card_chargeDeclinedInsufficientFunds'), card)
  assert.equal(cardOfName('tok_chargeDeclinedInsufficientFunds'), card)
})

test('an unknown name, a made-up id and a wrong number are no cards', () => {
  for (const id of ['pm_card_nosuch', 'pm_1Abc', 'visa', 'card_visa']) assert.equal(cardOfName(id), undefined)
  for (const number of ['4242424242424241', '1234567812345670', '', 'abc', '42'])
    assert.equal(cardOfNumber(number), undefined)
})

test('an undocumented number of the test ranges is an ordinary card; a number of the real world is none', () => {
  const card = cardOfNumber('4000000000001000')

  assert.deepEqual([card?.brand, card?.decline, card?.authenticate], ['visa', undefined, undefined])
  assert.equal(cardOfNumber('4012888888881881'), undefined)
})
