import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatekitError } from '../../../src/kernel/errors.ts'
import { makeSecrets, supplyTarget } from '../../../src/payments/target/supplies.ts'
import { makeContract } from '../bench.ts'

const providers = {
  stripe: {
    webhook: '/webhooks/stripe',
    secret_env: 'HOOK_SECRET',
    secret_separator: ',',
    api_base_env: 'API_BASE',
    api_key_env: 'API_KEY',
  },
  paypal: { webhook: '/webhooks/paypal', webhook_id_env: 'HOOK_ID', api_base_env: 'PAYPAL_BASE' },
}

test('fresh secrets are handed over under the declared names, and a live key never', async (t) => {
  const contract = await makeContract(t, { more: { providers } })

  const one = makeSecrets(contract, {})
  const other = makeSecrets(contract, {})
  const { env, secrets } = supplyTarget(contract, one, {
    stripe: 'http://127.0.0.1:1',
    paypal: { url: 'http://127.0.0.1:2', clientId: 'id', clientSecret: 'secret' },
  })

  assert.notDeepEqual(one, other)
  assert.match(env.API_KEY ?? '', /^sk_test_/)
  assert.match(env.HOOK_SECRET ?? '', /^whsec_\w{32}$/)
  assert.equal(env.API_BASE, 'http://127.0.0.1:1')
  assert.equal(env.PAYPAL_BASE, 'http://127.0.0.1:2')
  assert.equal(env.HOOK_ID, one.paypalWebhookId)
  assert.deepEqual(
    secrets.map(({ name }) => name),
    ['HOOK_SECRET', 'API_KEY'],
  )
})

test('what the environment has under a declared name is used instead, several secrets apart', async (t) => {
  const contract = await makeContract(t, { more: { providers } })

  const secrets = makeSecrets(contract, { HOOK_SECRET: 'new-secret, old-secret', HOOK_ID: 'W1' })

  assert.deepEqual(secrets.stripeSecrets, ['new-secret', 'old-secret'])
  assert.equal(supplyTarget(contract, secrets).env.HOOK_SECRET, 'new-secret,old-secret')
  assert.equal(secrets.paypalWebhookId, 'W1')
})

test('a backend that somebody else runs needs its secrets in the environment', async (t) => {
  const contract = await makeContract(t, { more: { providers }, target: { start: undefined } })

  assert.throws(
    () => makeSecrets(contract, { HOOK_ID: 'W1' }),
    (error) => error instanceof GatekitError && error.exitCode === 2 && /HOOK_SECRET is not set/.test(error.message),
  )
})
