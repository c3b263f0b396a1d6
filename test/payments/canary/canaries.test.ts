import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCanaries } from '../../../src/payments/canary/canaries.ts'

const value = 'sk_test_51HxQ9vLr2mZk8TqWc4Yb7Nd0Js6Ua3Pe1Gf5'
const random = value.slice('sk_test_'.length)
const formsFound = (text: string) =>
  createCanaries([{ name: 'STRIPE_SECRET_KEY', value }])
    .find([{ place: 'here', text }])
    .map(({ form }) => form)

const shown: [what: string, text: string, form: string][] = [
  ['as it is', `Invalid API Key provided: ${value}.`, 'plain'],
  ['in base64', Buffer.from(value).toString('base64'), 'base64'],
  ['in base64 behind something else', Buffer.from(`x:${value}:`).toString('base64url'), 'base64'],
  ['in hex', Buffer.from(value).toString('hex'), 'hex'],
  ['behind URL escapes', value.replaceAll('_', '%5F'), 'plain'],
  ['behind JSON escapes', JSON.stringify({ key: value }).replaceAll('_', '\\u005f'), 'plain'],
  ['in its first characters', `key ${value.slice(0, 18)}…`, 'part'],
  ['in its last eight', `…${value.slice(-8)}`, 'part'],
]

for (const [what, text, form] of shown)
  test(`a secret is found ${what}`, () => {
    assert.deepEqual(formsFound(text), [form])
  })

test('a secret masked as providers mask it, its hash and its kind are no leaks', () => {
  for (const text of [
    `sk_test_****${value.slice(-4)}`,
    'sk_test_',
    `sk_test_${random.slice(0, 7)}`,
    'sha256:9f86d081884c',
  ])
    assert.deepEqual(formsFound(text), [], text)
})

test('each place tells a secret once', () => {
  const canaries = createCanaries([{ name: 'A', value }])
  const leaks = canaries.find([
    { place: 'one', text: `${value.slice(-8)} ${value} ${value}` },
    { place: 'two', text: value },
    { place: 'three', text: 'nothing' },
  ])

  assert.deepEqual(leaks, [
    { secret: 'A', form: 'plain', place: 'one' },
    { secret: 'A', form: 'plain', place: 'two' },
  ])
})

test('words of somebody’s environment are found as a whole only, and short ones never', () => {
  const canaries = createCanaries([
    { name: 'WORDS', value: 'whsec_development_secret' },
    { name: 'SHORT', value: 'secret' },
  ])

  assert.deepEqual(canaries.names, ['WORDS'])
  assert.deepEqual(canaries.find([{ place: 'a', text: 'the development secret of development_s' }]), [])
  assert.equal(canaries.find([{ place: 'a', text: 'whsec_development_secret' }]).length, 1)
})
