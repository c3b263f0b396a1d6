import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { z } from 'zod'
import { keysCheck } from '../../src/checks/keys.ts'
import { type Bench, createBench, runCheck } from '../support/check-context.ts'
import { deadUrl, sendJson, startServer } from '../support/http-server.ts'

type Options = z.input<typeof keysCheck.options>

// Put together at run time so that no scanner takes this file for a leak.
const key = (prefix: string, mode: string, account = 'GqIC8HYgolSBA35') =>
  `${prefix}_${mode}_51${account}${'a1B2c3D4'.repeat(6)}`
const other = 'Hx9K2LkdIwHu7ix'

const pairRule: Options['rules'] = [
  { provider: 'stripe', mode: 'test', require: ['secret', 'publishable'], samePair: true },
]
const noLive: Options['rules'] = [{ provider: 'stripe', forbid: 'live', outside: ['prod'] }]

async function put(bench: Bench, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(bench.rootDir, path)), { recursive: true })
  await writeFile(join(bench.rootDir, path), text)
}

async function withKeys(t: TestContext, secret: string, publishable: string): Promise<Bench> {
  const bench = await createBench(t)
  Object.assign(bench.values, { STRIPE_SECRET_KEY: secret, STRIPE_PUBLISHABLE_KEY: publishable })
  return bench
}

const env: Options['sources'] = [{ env: ['STRIPE_SECRET_KEY', 'STRIPE_PUBLISHABLE_KEY'] }]

test('a pair of the right mode and account passes and says what was scanned', async (t) => {
  const bench = await withKeys(t, key('sk', 'test'), key('pk', 'test'))
  const outcome = await runCheck(keysCheck, { sources: env, rules: [...pairRule, ...noLive] }, bench)
  assert.equal(outcome.status, 'PASS')
  assert.deepEqual(outcome.details?.['scanned'], [
    { source: 'environment: STRIPE_SECRET_KEY, STRIPE_PUBLISHABLE_KEY', scanned: 2 },
  ])
})

test('wrong mode, missing kind, foreign account: each goes red', async (t) => {
  const statusOf = async (secret: string, publishable: string) =>
    (await runCheck(keysCheck, { sources: env, rules: pairRule }, await withKeys(t, secret, publishable))).status
  assert.equal(await statusOf(key('sk', 'live'), key('pk', 'test')), 'FAIL')
  assert.equal(await statusOf(key('sk', 'test'), key('pk', 'live')), 'FAIL')
  assert.equal(await statusOf(key('sk', 'test'), 'unset'), 'FAIL')
  assert.equal(await statusOf(key('rk', 'test'), key('pk', 'test')), 'FAIL', 'a restricted key is no secret key')
  assert.equal(await statusOf(key('sk', 'test'), key('pk', 'test', other)), 'FAIL')
})

test('keys that do not tell their account are not taken for a pair', async (t) => {
  const bench = await withKeys(t, `sk_test_${'a1b2c3'.repeat(4)}`, `pk_test_${'a1b2c3'.repeat(4)}`)
  const outcome = await runCheck(keysCheck, { sources: env, rules: pairRule }, bench)
  assert.equal(outcome.status, 'ERROR')
  assert.match(outcome.reason ?? '', /do not tell their account/)
})

test('a live key in a file is found with its place, and no part of it is shown', async (t) => {
  const bench = await createBench(t)
  const live = key('sk', 'live')
  await put(bench, 'app/pay.py', `import os\nKEY = "${live}"\n`)
  await put(bench, 'app/fine.py', `KEY = "sk_live_${'x'.repeat(24)}"\n`)

  const options: Options = { sources: [{ glob: '**/*.py' }], rules: noLive }
  const outcome = await runCheck(keysCheck, options, bench)
  const excused = await runCheck(
    keysCheck,
    { ...options, sources: [{ glob: '**/*.py', exclude: ['app/pay.py'] }] },
    bench,
  )
  const inProd = await runCheck(keysCheck, options, { ...bench, environment: { name: 'prod', mode: 'live' } })

  assert.deepEqual([outcome.status, excused.status, inProd.status], ['FAIL', 'PASS', 'PASS'])
  assert.equal(outcome.findings?.length, 1)
  assert.deepEqual(outcome.findings?.[0]?.place, { file: 'app/pay.py', line: 2, column: 8, length: live.length })
  assert.doesNotMatch(JSON.stringify(outcome), new RegExp(live.slice(-6)))
  assert.match(outcome.findings?.[0]?.actual ?? '', /^live secret key [0-9a-f]{8}$/)
  assert.equal(bench.secrets.redact(live).includes(live), false)
})

test('test keys are as unwelcome in a live environment', async (t) => {
  const bench = await createBench(t, { environment: { name: 'prod', mode: 'live' } })
  await put(bench, 'prod.tfvars', `stripe_secret_key = "${key('sk', 'test')}"\n`)
  const rules: Options['rules'] = [{ provider: 'stripe', forbid: 'test' }]
  assert.equal((await runCheck(keysCheck, { sources: [{ file: 'prod.tfvars' }], rules }, bench)).status, 'FAIL')
})

test('a source with nothing in it is NO_DATA, a missing file ERROR', async (t) => {
  const bench = await createBench(t)
  await put(bench, 'a.txt', 'nothing here')
  const statusOf = async (sources: Options['sources']) =>
    (await runCheck(keysCheck, { sources, rules: noLive }, bench)).status
  assert.equal(await statusOf([{ glob: '**/*.py' }]), 'NO_DATA')
  assert.equal(await statusOf([{ file: 'a.txt' }, { glob: '**/*.py' }]), 'NO_DATA')
  assert.equal(await statusOf([{ env: ['UNSET'] }]), 'NO_DATA')
  assert.equal(await statusOf([{ file: '.env' }]), 'ERROR')
  assert.equal(await statusOf([{ file: '../../etc/hostname' }]), 'ERROR')
  assert.equal(await statusOf([{ file: '.env', optional: true }, { file: 'a.txt' }]), 'PASS')
})

test('the provider has the last word on the mode of a key', async (t) => {
  const seen: (string | undefined)[] = []
  const url = await startServer(t, (request, response) => {
    seen.push(`${request.url} ${request.headers.authorization?.slice(0, 14)}`)
    sendJson(response, { object: 'balance', livemode: true })
  })
  const refusing = await startServer(t, (_, response) => sendJson(response, { error: {} }, 401))
  const bench = await withKeys(t, key('sk', 'test'), key('pk', 'test'))
  const probe = (livemode: boolean, apiBase: string, context: Bench = bench) =>
    runCheck(keysCheck, { sources: env, rules: noLive, probe: { stripe: { livemode, apiBase } } }, context)

  assert.equal((await probe(true, url)).status, 'PASS')
  assert.equal((await probe(false, url)).status, 'FAIL')
  assert.equal((await probe(false, refusing)).status, 'FAIL')
  assert.equal((await probe(false, await deadUrl())).status, 'ERROR')
  assert.deepEqual(seen, ['/v1/balance Bearer sk_test', '/v1/balance Bearer sk_test'])
})

test('a live key is never sent from a test environment', async (t) => {
  let requests = 0
  const url = await startServer(t, (_, response) => {
    requests++
    sendJson(response, { livemode: true })
  })
  const bench = await withKeys(t, key('sk', 'live'), key('pk', 'live'))
  const rules: Options['rules'] = [{ provider: 'stripe', mode: 'live', require: ['secret'] }]
  const outcome = await runCheck(
    keysCheck,
    { sources: env, rules, probe: { stripe: { livemode: true, apiBase: url } } },
    bench,
  )
  assert.equal(outcome.status, 'FAIL')
  assert.equal(requests, 0)
})
