import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import Stripe from 'stripe'
import { refusalOf, type Sandbox, startSandbox } from '../../support/stripe.ts'

let sandbox: Sandbox
before(async () => {
  sandbox = await startSandbox()
})
after(() => sandbox.server.close())

let codes = 0
const exchange = (platform: Stripe, code = `ac_${codes++}`) =>
  platform.oauth.token({ grant_type: 'authorization_code', code })

/** The SDK with an access token in the place of a key. */
const clientWith = (key: string | undefined) =>
  new Stripe(String(key), {
    host: '127.0.0.1',
    port: sandbox.server.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  })

test('an access token acts as the connected account, and the platform sees the same objects in it', async () => {
  const platform = sandbox.client()
  const token = await exchange(platform)
  const connected = clientWith(token.access_token)

  const customer = await connected.customers.create({ name: 'Ann' })
  const seen = await platform.customers.retrieve(customer.id, {}, { stripeAccount: token.stripe_user_id ?? '' })

  assert.equal(seen.id, customer.id)
  assert.equal((await connected.accounts.retrieveCurrent()).id, token.stripe_user_id)
  assert.equal((await platform.customers.list()).data.length, 0)
})

test('its publishable key is one of the connected account', async () => {
  const token = await exchange(sandbox.client())
  const intent = await clientWith(token.access_token).paymentIntents.create({ amount: 500, currency: 'usd' })

  const answer = await fetch(
    `${sandbox.server.url}/v1/payment_intents/${intent.id}?client_secret=${intent.client_secret}`,
    { headers: { authorization: `Bearer ${token.stripe_publishable_key}` } },
  )

  assert.equal(answer.status, 200)
})

test('a refreshed token acts as the same account, and never with more rights', async () => {
  const platform = sandbox.client()
  const first = await exchange(platform)
  const refresh = (refresh_token = '', scope?: string) =>
    platform.oauth.token({ grant_type: 'refresh_token', refresh_token, ...(scope && { scope }) })

  const reader = await refresh(first.refresh_token, 'read_only')
  const more = await refusalOf(refresh(reader.refresh_token, 'read_write'))
  const client = clientWith(reader.access_token)

  assert.deepEqual([reader.stripe_user_id, reader.scope], [first.stripe_user_id, 'read_only'])
  assert.equal((await client.customers.list()).data.length, 0)
  assert.match((await refusalOf(client.customers.create())).message, /required permissions/)
  assert.equal(more.type, 'StripeInvalidScopeError')
})

test('a code is good once: using it again makes the token of the first time useless', async () => {
  const platform = sandbox.client()
  const { access_token } = await exchange(platform, 'ac_twice')

  const again = await refusalOf(exchange(platform, 'ac_twice'))

  assert.equal(again.type, 'StripeInvalidGrantError')
  assert.equal((await refusalOf(clientWith(access_token).balance.retrieve())).statusCode, 401)
})

test('deauthorising makes the tokens useless and tells the platform', async () => {
  const platform = sandbox.client()
  const endpoint = { url: 'http://127.0.0.1:9/hook', enabled_events: ['*'], connect: true } as const
  await platform.webhookEndpoints.create({ ...endpoint, enabled_events: ['*'] })
  const token = await exchange(platform)

  await platform.oauth.deauthorize({ client_id: 'ca_1', stripe_user_id: token.stripe_user_id ?? '' })

  const refused = await refusalOf(clientWith(token.access_token).customers.list())
  assert.deepEqual([refused.statusCode, refused.code], [401, 'platform_api_key_expired'])
  const refresh = { grant_type: 'refresh_token', refresh_token: token.refresh_token ?? '' } as const
  assert.equal((await refusalOf(platform.oauth.token(refresh))).type, 'StripeInvalidGrantError')
  await sandbox.server.webhooks.idle()
  const sent = sandbox.server.webhooks.attempts(token.stripe_user_id ?? '').map(({ body, type }) => ({
    type,
    account: JSON.parse(body).account,
    object: JSON.parse(body).data.object.object,
  }))
  assert.deepEqual(sent.at(-1), {
    type: 'account.application.deauthorized',
    account: token.stripe_user_id,
    object: 'application',
  })
})

test('the page where a holder allows the platform in goes back with a code and the state, or with the refusal', async () => {
  const page = async (scope: string): Promise<URL[]> => {
    const query = new URLSearchParams({
      client_id: 'ca_1',
      scope,
      state: 's 1',
      redirect_uri: 'https://shop.test/back?a=1',
    })
    const text = await (await fetch(`${sandbox.server.url}/oauth/authorize?${query}`)).text()
    const links = [...text.matchAll(/href="(https:[^"]+)"/g)]
    return links.map(([, href]) => new URL(String(href).replaceAll('&amp;', '&')))
  }
  const platform = sandbox.client()

  const [allow, deny] = await page('read_write')
  const [read] = await page('read_only')

  const token = await exchange(platform, allow?.searchParams.get('code') ?? '')
  const reader = await exchange(platform, read?.searchParams.get('code') ?? '')
  assert.deepEqual([token.scope, reader.scope], ['read_write', 'read_only'])
  assert.deepEqual([allow?.searchParams.get('a'), allow?.searchParams.get('state')], ['1', 's 1'])
  assert.deepEqual([deny?.searchParams.get('error'), deny?.searchParams.get('state')], ['access_denied', 's 1'])
  assert.equal((await fetch(`${sandbox.server.url}/oauth/authorize?client_id=ca_1`)).status, 400)
})
