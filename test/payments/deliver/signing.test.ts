import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifySignature } from '../../../src/kernel/webhook-signature.ts'
import { bodyForms, writeBody, writeLoose } from '../../../src/payments/deliver/body.ts'
import { isLegal, signings } from '../../../src/payments/deliver/signing.ts'
import { stripeSignature } from '../../../src/payments/deliver/stripe-signature.ts'

const now = 1_700_000_000
const secrets = ['whsec_one', 'whsec_two']
const event = { id: 'evt_1', type: 'x', data: { object: { id: 'pi_1', amount: 4999, metadata: { path: '/a' } } } }
const body = writeBody(event)

const signer = {
  secrets,
  now,
  toleranceSeconds: 300,
  randomHex: 'ab'.repeat(32),
  otherSpacing: writeBody(event, 'pretty'),
  looseSpacing: writeLoose(event),
  otherBody: Buffer.from('{}'),
}

/** Genuine for one tenant; which of them a webhook belongs to is for the backend to know. */
const ofOneTenant = signings.filter((signing) => signing !== 'own-tenant')

for (const signing of ofOneTenant)
  test(`${signing}: ${isLegal(signing) ? 'is genuine' : 'is refused'} by a correct verifier`, () => {
    const header = stripeSignature(body, signing, signer)
    const verdict = verifySignature(body, header, secrets, { now: now * 1000 })
    assert.equal(verdict.ok, isLegal(signing))
  })

test('every way to write an event holds the same event', () => {
  for (const form of bodyForms) {
    const read = JSON.parse(writeBody(event, form).toString('utf8'))
    assert.equal(read.id, 'evt_1', form)
    assert.equal(read.data.object.amount, 4999, form)
    assert.deepEqual(read.data.object.metadata, { path: '/a' }, form)
  }
})

test('ways to write an event differ in their bytes', () => {
  const texts = bodyForms.map((form) => writeBody(event, form).toString('utf8'))
  assert.equal(new Set(texts).size, bodyForms.length)
  assert.ok(writeBody(event, 'large').length > 50_000)
  assert.match(writeBody(event, 'escaped').toString('utf8'), /^[\x20-\x7e]*\\u00eb[\x20-\x7e]*$/)
})
