import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redirectOf } from '../../src/backend/checkout/redirect.ts'
import { minorUnits } from '../../src/backend/payments/minor-units.ts'
import { isPaypalCertificate } from '../../src/backend/webhooks/paypal-certificates.ts'

const ours = 'https://packs.example.test'

test('customers are sent to our own addresses only', () => {
  assert.equal(redirectOf('/thanks?x=1', ours), `${ours}/thanks?x=1`)
  assert.equal(redirectOf(`${ours}/thanks`, ours), `${ours}/thanks`)
  const foreign = [
    'https://evil.test/',
    '//evil.test',
    '/\\evil.test',
    '\\\\evil.test',
    'https://packs.example.test@evil.test',
    'https://packs.example.test.evil.test',
    'https://good@packs.example.test',
    'http://packs.example.test/',
    'javascript:alert(1)',
    'https:evil.test',
    '/\t/evil.test',
    ' https://packs.example.test/',
    'thanks',
    '',
  ]
  for (const address of foreign) assert.equal(redirectOf(address, ours), undefined, address)
})

test('a PayPal certificate comes from PayPal or, beside a sandbox, from that sandbox only', () => {
  const sandbox = 'http://127.0.0.1:4000'
  const path = '/v1/notifications/certs/CERT-1'
  assert.equal(isPaypalCertificate(`https://api.paypal.com${path}`, 'https://api-m.paypal.com'), true)
  assert.equal(isPaypalCertificate(`${sandbox}${path}`, sandbox), true)
  const foreign = [
    `http://api.paypal.com${path}`,
    `https://api.paypal.com.evil.test${path}`,
    `https://evil.test/api.paypal.com${path}`,
    `https://api.paypal.com@evil.test${path}`,
    `https://api.paypal.com:8443${path}`,
    `https://api.paypal.com${path}?x=1`,
    `https://api.paypal.com/v1/notifications/certs/../../../x`,
    `https://api.paypal.com\\@evil.test${path}`,
    `${sandbox}${path}`,
  ]
  for (const address of foreign) assert.equal(isPaypalCertificate(address, 'https://api-m.paypal.com'), false, address)
  assert.equal(isPaypalCertificate(`http://127.0.0.1:4001${path}`, sandbox), false)
})

test('amounts of money are read in the currency’s own minor unit and never rounded', () => {
  assert.deepEqual(
    [minorUnits('49.99', 'USD'), minorUnits('500', 'jpy'), minorUnits('1.230', 'kwd'), minorUnits('5', 'usd')],
    [4999, 500, 1230, 500],
  )
  for (const [value, code] of [
    ['49.999', 'usd'],
    ['1.5', 'jpy'],
    ['-1', 'usd'],
    ['1e3', 'usd'],
    [5, 'usd'],
    ['5', 'x'],
  ])
    assert.equal(minorUnits(value, String(code)), undefined, `${value} ${code}`)
})
