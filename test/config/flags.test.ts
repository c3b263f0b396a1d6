import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeFlags, flagVariables, mockFirst, readFlags, sandboxFirst } from '../../src/config/flags.ts'
import { GatekitError } from '../../src/kernel/errors.ts'

test('an empty environment is mock-first: nobody is called', () => {
  assert.deepEqual(readFlags({}), { stripeMock: true, stripeTest: false, notifyMode: 'mock', shadowCalls: false })
})

test('every usual spelling of yes and no is understood, in any case', () => {
  for (const yes of ['1', 'true', 'YES', ' on ']) assert.equal(readFlags({ STRIPE_TEST: yes }).stripeTest, true, yes)
  for (const no of ['0', 'false', 'No', 'off']) assert.equal(readFlags({ STRIPE_MOCK: no }).stripeMock, false, no)
})

test('an empty value is no value', () => {
  assert.deepEqual(readFlags({ STRIPE_MOCK: '', NOTIFY_MODE: ' ' }), mockFirst)
})

test('a value that is neither yes nor no is refused and never guessed', () => {
  for (const env of [{ STRIPE_MOCK: 'maybe' }, { FEATURE_SHADOW_CALLS: '2' }, { NOTIFY_MODE: 'sandbx' }]) {
    assert.throws(
      () => readFlags(env),
      (error: unknown) => error instanceof GatekitError && error.exitCode === 2,
    )
  }
})

test('flags survive the way through environment variables', () => {
  const all = [mockFirst, sandboxFirst, { ...sandboxFirst, shadowCalls: true, notifyMode: 'live' as const }]
  for (const flags of all) assert.deepEqual(readFlags(flagVariables(flags)), flags)
})

test('the origin of each flag is told', () => {
  const env = { STRIPE_MOCK: '0' }
  const origins = describeFlags(readFlags(env), env).map(({ name, value, origin }) => `${name}=${value} ${origin}`)
  assert.deepEqual(origins, [
    'STRIPE_MOCK=0 environment',
    'STRIPE_TEST=0 default',
    'NOTIFY_MODE=mock default',
    'FEATURE_SHADOW_CALLS=0 default',
  ])
})
