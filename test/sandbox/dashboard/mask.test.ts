import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mask, maskText } from '../../../src/sandbox/dashboard/mask.ts'

test('of keys, signing secrets and client secrets only the kind and the end are shown', () => {
  const text =
    'sk_test_abcdefghij1234 rk_test_abcdefghij5678 whsec_abcdefghij9abc pi_1_secret_abcdefghijWXYZ ek_test_YWJjZGVm+/aaZZ=='

  assert.equal(maskText(text), 'sk_test_…1234 rk_test_…5678 whsec_…9abc pi_1_secret_…WXYZ ek_test_…ZZ==')
})

test('a short secret is not shown at all', () => {
  assert.equal(maskText('sk_test_1234 whsec_x'), 'sk_test_… whsec_…')
})

test('secret fields and card numbers are masked by their names, wherever they are', () => {
  const value = { card: { number: '4242424242424242', cvc: '123' }, data: [{ secret: 'a-long-secret-text' }], cvc: 123 }

  assert.deepEqual(mask(value), { card: { number: '…4242', cvc: '…' }, data: [{ secret: '…text' }], cvc: '…' })
})

test('what is no secret stays as it is', () => {
  const value = { id: 'cus_1', number: 'INV-0001', pk: 'pk_test_abcdefghij', amount: 5, none: null, secret: null }

  assert.deepEqual(mask(value), value)
})
