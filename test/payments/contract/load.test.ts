import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { GatekitError } from '../../../src/kernel/errors.ts'
import { parseYaml } from '../../../src/kernel/place.ts'
import { contractJsonSchema } from '../../../src/payments/contract/json-schema.ts'
import { loadContract, parseContract } from '../../../src/payments/contract/load.ts'

const backends = 'fixtures/payments/backends'
const full = `${backends}/python-inbox/contract.yaml`
const minimal = `${backends}/node-ledger/contract.yaml`

const least = readFileSync(minimal, 'utf8')
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')

const read = (text: string, env: Record<string, string> = {}, allow: string[] = []) =>
  parseContract(parseYaml('contract.yaml', text), '/app/contract.yaml', { env, allow })

function problemsOf(action: () => unknown): GatekitError {
  try {
    action()
  } catch (error) {
    assert.ok(error instanceof GatekitError, String(error))
    return error
  }
  assert.fail('nothing was thrown')
}

/** The least contract with one text replaced by another. */
const changed = (from: string, to: string): string => {
  assert.ok(least.includes(from), `${from} is not in the contract`)
  return least.replace(from, to)
}

test('a contract of fifteen lines is enough, and says where it stands', async () => {
  const contract = await loadContract(minimal, { cwd: '.', env: {} })

  assert.ok(least.trim().split('\n').length <= 15)
  assert.equal(contract.file, resolve(minimal))
  assert.equal(contract.providers.stripe?.secretEnv, 'STRIPE_WEBHOOK_SECRET')
  assert.equal(contract.providers.stripe?.toleranceS, 300)
  assert.equal(contract.policy.settleMs, 3000)
  assert.equal(contract.control.restart, false)
  assert.deepEqual(contract.observe.grants?.source, { kind: 'http', path: '/users/{user}/cards', headers: {} })
})

test('a contract may declare everything at once', async () => {
  const contract = await loadContract(full, { cwd: '.', env: {} })

  assert.equal(contract.facts.alternatives.length, 6)
  assert.equal(contract.facts.purchase.request?.idempotencyHeader, 'Idempotency-Key')
  assert.deepEqual(contract.observe.mails?.source, {
    kind: 'directory',
    dir: 'qa/notify/outbox',
    match: { to: '{email}' },
  })
  assert.deepEqual(contract.observe.audit?.effects, { capture: 'gateway_capture', refund: 'gateway_refund' })
  assert.deepEqual(contract.control.productionEnv, { APP_ENV: 'production' })
  assert.equal(contract.skip.E8, 'cards cannot be spent')
})

test('the example of the documentation loads', () => {
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/payments-contract.md', 'utf8')) ?? []

  assert.equal(read(example ?? '').target.ready, '/health')
})

test('a null in an environment removes the variable, other values become texts', () => {
  const contract = read(changed('PORT: "8473"', 'PORT: 8473, DEBUG: null, FAST: true'))

  assert.deepEqual(contract.target.env, {
    PORT: '8473',
    DEBUG: undefined,
    FAST: 'true',
    LEDGER: './data/ledger.ndjson',
  })
})

test('every mistake is told with its place and what to do', () => {
  const wrong = changed('ready: /health', 'redy: /health').replace('currency: usd', 'currency: dollars')

  const { problems, exitCode } = problemsOf(() => read(wrong))

  assert.equal(exitCode, 2)
  const [unknown, value] = problems
  assert.equal(unknown?.title, 'unknown key "redy"')
  assert.equal(unknown?.note, 'did you mean "ready"?')
  assert.equal(unknown?.place?.line, 2)
  assert.equal(value?.title, 'facts.purchase.currency: expected a currency code such as usd')
  assert.match(value?.place?.text?.slice((value.place.column ?? 1) - 1) ?? '', /^dollars/)
})

const mistakes: Record<string, [from: string, to: string, title: RegExp]> = {
  'a key given twice': ['version: 1', 'version: 1\nversion: 1', /duplicate key "version"/],
  'another version': ['version: 1', 'version: 2', /version: expected 1/],
  'no webhook': ['webhook: /webhooks/stripe, ', '', /missing "webhook"/],
  'no provider': ['stripe: { webhook', 'strip: { webhook', /unknown key "strip"/],
  'a secret in place of its name': ['STRIPE_WEBHOOK_SECRET', `whsec_${'a1'.repeat(12)}`, /secret/],
  'a misspelt placeholder': ['{payment}', '{paiment}', /unknown placeholder \{paiment\}/],
  'a selector that is none': ['$.cards', 'cards', /list: expected a JSONPath/],
  'an expression that is none': ['$.revoked == false', 'revoked = false', /active: expected an expression/],
  'two sources of one observer': [
    'list: $.cards',
    'dir: cards, list: $.cards',
    /exactly one of GET, sql, command, dir/,
  ],
  'no observer': ['grants: { GET', 'grant: { GET', /unknown key "grant"/],
  'a path without its slash': ['ready: /health', 'ready: health', /target.ready: expected a path/],
  'an amount with a point': ['amount: 4999', 'amount: 49.99', /amount: expected a whole number/],
}

for (const [name, [from, to, title]] of Object.entries(mistakes)) {
  test(`${name} is told with its place`, () => {
    const { problems, exitCode } = problemsOf(() => read(changed(from, to)))

    assert.equal(exitCode, 2)
    const found = problems.find((problem) => title.test(problem.title))
    assert.ok(found?.place, `no such problem among: ${problems.map((each) => each.title).join('; ')}`)
  })
}

const refusals: Record<string, [from: string, to: string, title: RegExp]> = {
  'a target on another machine': ['127.0.0.1:8473', 'shop.example.com', /shop\.example\.com is not on this machine/],
  'a target that only begins like loopback': ['127.0.0.1:8473', '127.0.0.1.example.com', /not on this machine/],
  'an address of every interface': ['127.0.0.1:8473', '0.0.0.0:8473', /0\.0\.0\.0 is not on this machine/],
  'a live key': ['version: 1', 'version: 1 # sk_live_abcdefgh12345678', /live key/],
  'a live key in the environment of the target': ['PORT: "8473"', 'PORT: "8473", K: rk_live_x1', /live key/],
  'an observer that posts': ['GET: "/users', 'POST: "/users', /grants writes: POST/],
  'an observer with a method that posts': ['list: $.cards', 'method: put, list: $.cards', /grants writes: put/],
  'a statement that writes': ['GET: "/users/{user}/cards"', 'sql: "delete from cards returning *"', /grants writes/],
  'a command that writes': ['GET: "/users/{user}/cards"', 'command: "curl -X DELETE localhost"', /curl with a writing/],
  'a database on another machine': [
    'GET: "/users/{user}/cards"',
    'sql: "select 1", db: "postgres://db.example.com/x"',
    /db\.example\.com is not on this machine/,
  ],
}

for (const [name, [from, to, title]] of Object.entries(refusals)) {
  test(`${name} is refused with its own message and exit code 6`, () => {
    const { problems, exitCode } = problemsOf(() => read(changed(from, to)))

    assert.equal(exitCode, 6)
    assert.match(problems[0]?.title ?? '', title)
    assert.match(problems[0]?.title ?? '', /^refused: /)
    assert.ok(problems[0]?.place)
    assert.ok(problems[0]?.remedy)
  })
}

test('no part of a live key is shown', () => {
  const { problems } = problemsOf(() => read(changed('version: 1', 'version: 1 # sk_live_abcdefgh12345678')))

  assert.doesNotMatch(JSON.stringify(problems), /abcdefgh|12345678/)
})

test('a live key in the environment that the target would inherit is refused by the name of its variable', () => {
  const { problems, exitCode } = problemsOf(() => read(least, { PAYMENT_KEY: 'sk_live_abcdefgh12345678' }))

  assert.equal(exitCode, 6)
  assert.match(problems[0]?.title ?? '', /PAYMENT_KEY holds a live key/)
  assert.doesNotMatch(JSON.stringify(problems), /abcdefgh/)
})

test('words that only look like live keys are no reason to refuse', () => {
  const text = changed('version: 1', 'version: 1 # never sk_live_ keys; is_live_mode')

  assert.ok(read(text, { DATABASE: 'shop_live_db', PATTERN: '^sk_live_', STRIPE_LIVE_MODE: 'false' }))
})

test('another machine is accepted when it is on the allow-list, by host or by host and port', () => {
  const remote = changed('http://127.0.0.1:8473', 'http://shop.example.com:8080')

  assert.equal(read(remote.replace('ready:', 'allow: [shop.example.com], ready:')).target.allow.length, 1)
  assert.ok(read(remote, {}, ['shop.example.com:8080']))
  assert.throws(() => read(remote, {}, ['shop.example.com:9']))
})

test('the database of an observer is judged by the address in the variable that it names', () => {
  const observed = changed('GET: "/users/{user}/cards"', 'sql: "select 1", db: { env: SHOP_DB }')

  assert.ok(read(observed, { SHOP_DB: 'postgres://127.0.0.1/shop' }))
  assert.equal(problemsOf(() => read(observed, { SHOP_DB: 'postgres://10.0.0.5/shop' })).exitCode, 6)
})

test('the editor schema accepts what loads and refuses what does not', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(contractJsonSchema())

  for (const file of [full, minimal]) assert.ok(validate(parse(readFileSync(file, 'utf8'))), file)
  assert.ok(!validate(parse(changed('ready: /health', 'redy: /health'))))
})
