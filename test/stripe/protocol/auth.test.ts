import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StripeError } from '../../../src/stripe/error.ts'
import { authenticate, authorize, maskKey } from '../../../src/stripe/protocol/auth.ts'

const refusal = (authorization: string | undefined): StripeError => {
  try {
    authenticate(authorization)
  } catch (error) {
    if (error instanceof StripeError) return error
  }
  throw new Error(`not refused: ${authorization}`)
}

test('a key comes as bearer token or as the user of basic authentication', () => {
  const bearer = authenticate('Bearer sk_test_abc')
  const basic = authenticate(`Basic ${Buffer.from('sk_test_abc:').toString('base64')}`)

  assert.deepEqual(basic, bearer)
  assert.match(bearer.account, /^acct_1[A-Za-z0-9]{15}$/)
})

test('the kinds of keys with the same secret part are keys of one account, other secrets of others', () => {
  const [secret, restricted, publishable] = ['sk', 'rk', 'pk'].map((kind) => authenticate(`Bearer ${kind}_test_abc`))

  assert.equal(restricted?.account, secret?.account)
  assert.equal(publishable?.account, secret?.account)
  assert.notEqual(authenticate('Bearer sk_test_other').account, secret?.account)
})

test('no key, a malformed one and a live one are refused with 401, and told apart', () => {
  assert.match(refusal(undefined).message, /did not provide an API key/)
  assert.match(refusal('Bearer').message, /did not provide an API key/)
  assert.equal(refusal('Bearer foo_bar_12345678').message, 'Invalid API Key provided: ************5678')
  assert.match(
    refusal('Bearer sk_live_51abcdefgh').message,
    /sk_live_\*+efgh\. This is a local sandbox and refuses live keys/,
  )
  assert.equal(refusal('Bearer sk_live_51abcdefgh').status, 401)
})

test('a key is never shown whole', () => {
  for (const key of ['sk_test_abcdefgh', 'sk_test_abc', 'x', 'sk_live_1234567890']) {
    assert.ok(!maskKey(key).includes(key), key)
  }
})

test('a publishable key makes payment methods and confirms, and lists nothing', () => {
  const key = authenticate('Bearer pk_test_abc')

  authorize(key, 'POST', '/v1/payment_methods')
  authorize(key, 'POST', '/v1/payment_intents/pi_1/confirm')
  assert.throws(() => authorize(key, 'GET', '/v1/customers'), /publishable API key/)
})
