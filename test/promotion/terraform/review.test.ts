import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { terraformPlanCheck } from '../../../src/checks/terraform-plan.ts'
import { createBench, runCheck } from '../../support/check-context.ts'

interface Case {
  rule: string
  title: string
  set?: Record<string, unknown>
  options?: Record<string, unknown>
  says: [string, string?]
}

const account = '51GatekitAcct0001'
const keys: Record<string, string> = {
  secretKey: `sk_live_${account}${'aB3dE5gH7jK9mN1pQ3sT5uV7wX9'}`,
  publishableKey: `pk_live_${account}${'zY8xW6vU4tS2rQ0pO8nM6kL4jH2'}`,
  testSecretKey: `sk_test_${account}${'aB3dE5gH7jK9mN1pQ3sT5uV7wX9'}`,
  foreignPublishableKey: `pk_live_${'51OtherAcct000002'}${'zY8xW6vU4tS2rQ0pO8nM6kL4jH2'}`,
}
const filled = (text: string): string => text.replace(/\$\{(\w+)\}/g, (whole, name: string) => keys[name] ?? whole)

const green = filled(readFileSync('fixtures/terraform/prod.tfplan.json', 'utf8'))
const cases = parse(filled(readFileSync('fixtures/terraform/cases.yaml', 'utf8'))) as Case[]

const review = {
  plan: 'prod.tfplan.json',
  maxAge: '4h',
  require: { terraformVersion: '>= 1.8, < 2.0' },
  rules: [
    { attr: 'aws_dynamodb_table.*.name', match: '^prod-shop-' },
    { domain: 'api.shop.example' },
    { forbidWords: ['dev-', 'staging'] },
    { secret: 'stripe' as const, mode: 'live' as const, require: ['secret' as const] },
  ],
}

function put(document: Record<string, unknown>, path: string, value: unknown): void {
  const steps = path.split('.')
  const last = steps.pop() as string
  const parent = steps.reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, document)
  if (value === null) delete parent[last]
  else parent[last] = value
}

async function reviewOf(t: TestContext, plan: string, options: Record<string, unknown> = {}) {
  const bench = await createBench(t, {
    environment: { name: 'prod', mode: 'live' },
    clock: { now: () => Date.parse('2026-11-20T10:00:00Z') },
  })
  writeFileSync(join(bench.rootDir, 'prod.tfplan.json'), plan)
  mkdirSync(join(bench.rootDir, '.terraform'))
  const state = { backend: { type: 's3', config: { key: 'prod/terraform.tfstate' } } }
  writeFileSync(join(bench.rootDir, '.terraform/terraform.tfstate'), JSON.stringify(state))
  const outcome = await runCheck(terraformPlanCheck, { ...review, ...options }, bench)
  return { outcome, bench }
}

test('a plan that only does what it should is approved, with its digest', async (t) => {
  const { outcome } = await reviewOf(t, green)
  assert.equal(outcome.status, 'PASS', JSON.stringify(outcome))
  assert.equal(outcome.details?.changes, 3)
  assert.match(String(outcome.details?.contentSha256), /^[0-9a-f]{64}$/)
})

for (const { rule, title, set = {}, options, says } of cases) {
  test(`${rule}: ${title} is ${says[0]}`, async (t) => {
    const plan = JSON.parse(green) as Record<string, unknown>
    for (const [path, value] of Object.entries(set)) put(plan, path, value)
    const { outcome } = await reviewOf(t, JSON.stringify(plan), options)
    const told = JSON.stringify([outcome.reason, outcome.findings, outcome.details])
    assert.equal(outcome.status, says[0], told)
    if (says[1]) assert.ok(told.includes(says[1]), told)
    if (says[0] !== 'PASS') assert.ok(told.includes(`${rule} `), told)
  })
}

test('T13: no key of a plan is told by the review, whatever it finds', async (t) => {
  const plan = green.replaceAll(keys.secretKey as string, keys.testSecretKey as string)
  const { outcome, bench } = await reviewOf(t, plan.replaceAll('"after_sensitive": {', '"was": {'))
  assert.equal(outcome.status, 'FAIL')
  const told = JSON.stringify([outcome, [...bench.kept]])
  for (const name of ['secretKey', 'testSecretKey']) assert.equal(told.includes((keys[name] as string).slice(8)), false)
  assert.ok(bench.secrets.sweep(`left: ${keys.testSecretKey}`).length > 0, 'the key is known to the sweep')
})

test('the digest of what would be done tells two plans apart and not two printings of one', async (t) => {
  const again = green.replace('"timestamp": "2026-11-20T09:00:00Z"', '"timestamp": "2026-11-20T09:30:00Z"')
  const other = green.replace('"layer_name": "prod-shop-shared"', '"layer_name": "prod-shop-other"')
  const digests = await Promise.all([green, again, other].map((plan) => reviewOf(t, plan)))
  const [first, second, third] = digests.map(({ outcome }) => outcome.details?.contentSha256)
  assert.equal(first, second)
  assert.notEqual(first, third)
})

test('a plan that is not there, is no JSON or lies outside the project is an ERROR', async (t) => {
  const { outcome } = await reviewOf(t, '{')
  assert.match(`${outcome.status} ${outcome.reason}`, /^ERROR T1 .*terraform show -json/)
  for (const plan of ['missing.json', '../outside.json']) {
    const { outcome } = await reviewOf(t, green, { plan })
    assert.equal(outcome.status, 'ERROR')
  }
})
