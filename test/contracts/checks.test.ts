import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { CheckDefinition } from '../../src/checks/define.ts'
import { checks } from '../../src/checks/list.ts'
import { renderReference } from '../../src/checks/reference.ts'
import { type Bench, createBench } from '../support/check-context.ts'
import { deadUrl } from '../support/http-server.ts'
import { startTcpServer } from '../support/tcp-server.ts'

/** Types whose example needs a server: without it they must say ERROR, and not merely something that is not PASS. */
const networked = new Set(['http', 'metrics', 'redis', 'shadow', 'sql', 'webhook'])

const secrets = { STRIPE_WEBHOOK_SECRET: 'whsec_opaque0123456789abcdef0123' }

const definitions: CheckDefinition[] = await Promise.all(Object.values(checks).map((entry) => entry.load()))
const page = readFileSync('docs/checks.md', 'utf8')

const remedy = 'run: node --import tsx scripts/checks-page.ts && npx biome format --write docs/checks.md'

/** The formatter aligns the columns of tables; what they say stays the same. */
const squeezed = (text: string): string => text.replace(/-{3,}/g, '---').replace(/ +/g, ' ')

/** A world in which every example finds its target at one address. */
async function benchAt(t: TestContext, url: string, signal = new AbortController().signal): Promise<Bench> {
  const bench = await createBench(t, { environment: { name: 'dev', mode: 'test', baseUrl: url }, signal })
  Object.assign(bench.values, secrets, {
    DATABASE_URL: `${url.replace('http', 'postgres')}/app`,
    REDIS_URL: url.replace('http', 'redis'),
  })
  return bench
}

const run = ({ options, example, ...definition }: CheckDefinition, bench: Bench) =>
  definition.run(options.parse(example), bench)

assert.ok(definitions.length >= 8, 'all check types are listed')

for (const definition of definitions) {
  const { type, summary, options } = definition
  const example = definition.example as Record<string, unknown>

  test(`${type}: the example is valid, and an unknown key in it is not`, () => {
    assert.equal(checks[type]?.summary, summary)
    assert.match(summary, /^[A-Z][^\n]{10,110}[^.\n]$/)
    assert.equal(options.safeParse(example).success, true)
    assert.equal(options.safeParse({ ...example, expcet: 1 }).success, false)
    for (const [key, value] of Object.entries(example)) {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) continue
      assert.equal(options.safeParse({ ...example, [key]: { ...value, unknown_key: 1 } }).success, false, key)
    }
  })

  test(`${type}: options that expect nothing are refused`, () => {
    assert.equal(options.safeParse({}).success, false)
    if (!('expect' in example)) return
    assert.equal(options.safeParse({ ...example, expect: {} }).success, false)
    const { expect, ...rest } = example
    assert.ok(expect)
    assert.equal(options.safeParse(rest).success, false)
  })

  test(`${type}: without its target it never passes, says why, and shows no secret`, async (t) => {
    const bench = await benchAt(t, await deadUrl())
    const outcome = await run(definition, bench)
    assert.notEqual(outcome.status, 'PASS')
    if (networked.has(type)) assert.deepEqual([outcome.status, outcome.cause], ['ERROR', 'connect'])
    assert.match(outcome.reason ?? '', /^[^\n]{5,300}$/)
    assert.ok((outcome.reproduce ?? []).length > 0, 'it can be reproduced')
    const published = JSON.stringify([outcome, [...bench.kept]])
    for (const value of Object.values(secrets)) assert.equal(published.includes(value), false)
  })

  test(`${type}: told to stop, it ends at once and does not pass`, async (t) => {
    const silent = await startTcpServer(t)
    const stop = new AbortController()
    const bench = await benchAt(t, `http://127.0.0.1:${silent.port}`, stop.signal)
    const running = run(definition, bench)
    if (networked.has(type)) await silent.visited
    const stopped = performance.now()
    stop.abort(new DOMException('too long', 'TimeoutError'))
    const outcome = await running
    assert.notEqual(outcome.status, 'PASS')
    if (networked.has(type)) assert.deepEqual([outcome.status, outcome.cause], ['ERROR', 'timeout'])
    assert.ok(performance.now() - stopped < 4_000)
  })

  test(`${type}: docs/checks.md says what the definition says`, () => {
    assert.ok(squeezed(page).includes(squeezed(renderReference(definition))), remedy)
  })
}
