import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import Stripe from 'stripe'
import { signPayload, verifySignature } from '../../src/kernel/webhook-signature.ts'

const stripe = new Stripe('sk_test_signature')
const seconds = 1_767_225_600
const now = seconds * 1000
const body = JSON.stringify({ id: 'evt_1', object: 'event', text: 'Zoë 漢字 🎉' })
const secret = 'whsec_3fd2e8a1b4'

test('the Stripe SDK accepts what we sign', () => {
  const event = stripe.webhooks.constructEvent(body, signPayload(body, secret, seconds), secret, 300, undefined, now)

  assert.equal(event.id, 'evt_1')
})

test('the Stripe SDK accepts either secret while one is being rolled', () => {
  const header = signPayload(body, [secret, 'whsec_old'], seconds)

  for (const each of [secret, 'whsec_old'])
    assert.equal(stripe.webhooks.constructEvent(body, header, each, 300, undefined, now).id, 'evt_1')
})

test('we accept what the Stripe SDK signs, for any body, as text and as bytes', () => {
  const anyBody = fc.string({ minLength: 1, unit: 'grapheme' })
  fc.assert(
    fc.property(anyBody, (payload) => {
      const header = stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: seconds })

      assert.equal(verifySignature(payload, header, secret, { now }).ok, true)
      assert.equal(verifySignature(Buffer.from(payload), header, secret, { now }).ok, true)
    }),
  )
})

test('the secret that fitted is named, so that a rolled one can be retired', () => {
  const verdict = verifySignature(body, signPayload(body, 'whsec_old', seconds), [secret, 'whsec_old'], { now })

  assert.deepEqual(verdict, { ok: true, timestamp: seconds, secretIndex: 1 })
})

test('a changed byte, a changed time, a changed secret and a changed signature are all refused', () => {
  const header = signPayload(body, secret, seconds)
  const changed = header.slice(0, -1) + (header.endsWith('0') ? '1' : '0')
  const attempts: [string, string, string][] = [
    [`${body} `, header, secret],
    [body, header.replace(`t=${seconds}`, `t=${seconds + 1}`), secret],
    [body, header, `${secret}x`],
    [body, changed, secret],
    [body, header.slice(0, -2), secret],
  ]

  for (const [payload, given, key] of attempts) {
    const verdict = verifySignature(payload, given, key, { now })
    assert.equal(verdict.ok ? 'accepted' : verdict.failure, 'no-match')
  }
})

test('the edge of the tolerance is inside, a second more is not', () => {
  const header = signPayload(body, secret, seconds)
  const failureAt = (offset: number) => {
    const verdict = verifySignature(body, header, secret, { toleranceSeconds: 300, now: now + offset * 1000 })
    return verdict.ok ? 'accepted' : verdict.failure
  }

  assert.deepEqual([300, 301, -300, -301].map(failureAt), ['accepted', 'too-old', 'accepted', 'too-new'])
})

test('tolerance 0 accepts a signature of any age', () => {
  const header = signPayload(body, secret, 1)

  assert.equal(verifySignature(body, header, secret, { toleranceSeconds: 0, now }).ok, true)
})

test('each unusable input has its own name', () => {
  const good = signPayload(body, secret, seconds)
  const failureOf = (payload: string, header: string | undefined, secrets: string | string[]) => {
    const verdict = verifySignature(payload, header, secrets, { now })
    return verdict.ok ? 'accepted' : verdict.failure
  }

  assert.equal(failureOf(body, good, ''), 'secret-missing')
  assert.equal(failureOf(body, good, [' ', '']), 'secret-missing')
  assert.equal(failureOf('', good, secret), 'payload-empty')
  assert.equal(failureOf(body, undefined, secret), 'header-missing')
  assert.equal(failureOf(body, 'v1=abc', secret), 'header-malformed')
  assert.equal(failureOf(body, 't=soon,v1=abc', secret), 'header-malformed')
  assert.equal(failureOf(body, `${good},x=${'y'.repeat(5000)}`, secret), 'header-malformed')
  assert.equal(failureOf(body, good.replace('v1=', 'v0='), secret), 'no-v1-signature')
})

test('no header can make verification throw', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (header) => {
      assert.equal(verifySignature(body, header, secret, { now }).ok, false)
    }),
  )
})
