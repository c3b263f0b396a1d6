import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classifyKey, describeKey, findKeys, fingerprintKey, samePair } from '../../src/config/keys.ts'

// Put together at run time so that no scanner takes this file for a leak.
const key = (prefix: string, mode: string, account: string, tail = 'a1B2c3D4') =>
  `${prefix}_${mode}_51${account}${tail.repeat(6)}`
const mine = 'GqIC8HYgolSBA35'
const other = 'Hx9K2LkdIwHu7ix'
const classOf = (value: string) => classifyKey(value) ?? assert.fail(`${value.slice(0, 8)}… is a key`)

test('a key is classified by kind and mode, a signing secret by kind alone', () => {
  assert.deepEqual(classifyKey(key('sk', 'live', mine)), {
    provider: 'stripe',
    kind: 'secret',
    mode: 'live',
    account: mine,
  })
  assert.equal(classOf(key('pk', 'test', mine)).kind, 'publishable')
  assert.equal(classOf(key('rk', 'live', mine)).kind, 'restricted')
  assert.deepEqual(classifyKey(`whsec_${'Ab1+/'.repeat(6)}`), { provider: 'stripe', kind: 'webhook-secret' })
})

test('text that is not exactly one key has no class', () => {
  for (const text of [
    '',
    'sk_live_',
    'sk_test_short',
    `task_live_${'a1'.repeat(9)}`,
    `x ${key('sk', 'live', mine)}`,
    '^sk_test_',
  ]) {
    assert.equal(classifyKey(text), undefined, text.slice(0, 12))
  }
})

test('keys in a text are found with line and column', () => {
  const found = findKeys(`# keys\n\nA="${key('sk', 'test', mine)}"\r\nB=${key('pk', 'test', mine)}\n`)
  assert.deepEqual(
    found.map(({ kind, line, column }) => [kind, line, column]),
    [
      ['secret', 3, 4],
      ['publishable', 4, 3],
    ],
  )
})

test('a stand-in is told from a key', () => {
  assert.deepEqual(
    findKeys(`sk_live_${'x'.repeat(24)} ${key('sk', 'live', mine)}`).map(({ isPlaceholder }) => isPlaceholder),
    [true, false],
  )
})

test('a pair is the same only when mode and account agree, and unknown when a key does not tell', () => {
  const secret = classOf(key('sk', 'test', mine))
  assert.equal(samePair(secret, classOf(key('pk', 'test', mine))), 'same')
  assert.equal(samePair(secret, classOf(key('pk', 'test', other))), 'different')
  assert.equal(samePair(secret, classOf(key('pk', 'live', mine))), 'different')
  assert.equal(samePair(secret, classOf(`pk_test_${'a1b2c3'.repeat(4)}`)), 'unknown')
})

test('a description shows class and fingerprint and no part of the key', () => {
  const value = key('sk', 'live', mine)
  const text = describeKey(classOf(value), fingerprintKey(value, Buffer.from('k')))
  assert.match(text, /^live secret key [0-9a-f]{8}$/)
  assert.notEqual(fingerprintKey(value, Buffer.from('k')), fingerprintKey(value, Buffer.from('other')))
})
