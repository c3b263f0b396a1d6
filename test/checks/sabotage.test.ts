import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { CheckDefinition } from '../../src/checks/define.ts'
import { checks } from '../../src/checks/list.ts'
import { writeEvidence } from '../../src/drill/evidence/write.ts'
import { sha256Hex } from '../../src/evidence/run-statement.ts'
import { type Proof, withTwins } from '../../src/gates/prove.ts'
import { passed } from '../drill/evidence/record.ts'
import { type Bench, createBench } from '../support/check-context.ts'
import { startServer } from '../support/http-server.ts'

/** What the twins of a check that passes in this world said, as `name: STATUS`; the check itself first. */
async function prove(type: string, options: object, bench: Bench): Promise<string[]> {
  const definition = (await checks[type]!.load()) as CheckDefinition
  const proofs: Proof[] = []
  const { status, reason } = await withTwins(definition, proofs).run(definition.options.parse(options), bench)
  assert.equal(status, 'PASS', `${type}: ${reason}`)
  return proofs.flatMap(({ twins }) => twins.map((twin) => `${twin.name}: ${twin.status}`))
}

const at = async (t: TestContext, body: string): Promise<Bench> => {
  const baseUrl = await startServer(t, (_request, answer) => answer.end(body))
  return createBench(t, { environment: { name: 'dev', mode: 'test', baseUrl } })
}

test('every check type brings its own twins', async () => {
  for (const [type, entry] of Object.entries(checks))
    assert.equal(typeof (await entry.load()).sabotage, 'function', `${type}: add src/checks/sabotage/${type}.ts`)
})

test('shadow: nothing to compare and another candidate are seen, by calls and by recorded samples', async (t) => {
  const bench = await at(t, '{"price":5}')
  const calls = { baseline: { path: '/a', query: { n: 1 } }, candidate: { path: '/b' }, ignore: ['$.price'] }
  const line = { baseline: { price: 5 }, repeat: { price: 5 }, candidate: { price: 5 }, operation: 'buy' }
  const recorded = JSON.stringify({ ...line, at: new Date(Date.now() + 1000).toISOString() })
  writeFileSync(join(bench.rootDir, 'shadow.ndjson'), `${recorded}\n${recorded}\n`)

  assert.deepEqual(await prove('shadow', { ...calls, ignore: [], minSamples: 2 }, bench), [
    'unreachable: ERROR',
    'another candidate: FAIL',
  ])
  const samples = { samples: 'shadow.ndjson', operation: 'buy', newerThan: 'run.start', minSamples: 2 }
  assert.deepEqual(await prove('shadow', samples, bench), ['no samples: NO_DATA', 'another candidate: FAIL'])
})

test('shadow: a comparison that lets everything differ survives', async (t) => {
  const options = { baseline: { path: '/a' }, candidate: { path: '/b' }, maxDiffRatio: 1 }
  assert.deepEqual(await prove('shadow', options, await at(t, '{"price":5}')), [
    'unreachable: ERROR',
    'another candidate: PASS',
  ])
})

test('metrics: silence, nothing counted and broken thresholds of every kind are seen', async (t) => {
  const page = [
    'hooks_total{status="success",mode="test"} 1000',
    'hooks_total{status="error"} 1',
    'hook_seconds_count 1000',
    'hook_seconds_bucket{le="1"} 1000',
    'workers 4',
  ].join('\n')
  const bench = await at(t, page)
  const rules = [
    { metric: 'hooks_total', labels: { status: 'success' }, over: { metric: 'hooks_total' }, value: { gt: 0.99 } },
    { metric: 'hooks_total', labels: { status: 'error' }, over: { metric: 'hooks_total' }, value: { lt: 0.01 } },
    { metric: 'hook_seconds', quantile: 0.95, value: { lt: 5 } },
    { metric: 'workers', value: { gte: 2 } },
    { metric: 'workers', value: 4 },
  ]
  for (const rule of rules)
    assert.deepEqual(
      await prove('metrics', { request: { path: '/metrics' }, expect: [rule] }, bench),
      ['unreachable: ERROR', 'counted nothing: NO_DATA', 'broken threshold: FAIL'],
      JSON.stringify(rule),
    )
})

test('variables: nothing set, stand-ins and another value are seen', async (t) => {
  const bench = await createBench(t)
  Object.assign(bench.values, { KEY: 'a value', STRICT: 'true', LEVEL: 'info' })
  const options = { require: ['KEY'], values: { STRICT: 'true', LEVEL: { not: 'debug' } } }
  assert.deepEqual(await prove('variables', options, bench), [
    'not set: FAIL',
    'stand-ins: FAIL',
    'another value: FAIL',
  ])
  assert.deepEqual(await prove('variables', { values: { LEVEL: { match: '^info' } } }, bench), ['not set: FAIL'])
})

test('terraform-plan: no plan, an old one, an empty one and one that does what is denied are seen', async (t) => {
  const bench = await createBench(t, { clock: { now: () => Date.parse('2026-11-20T10:00:00Z') } })
  const plan = readFileSync('fixtures/terraform/prod.tfplan.json', 'utf8').replace(/\$\{\w+\}/g, 'none')
  writeFileSync(join(bench.rootDir, 'p.json'), plan)
  writeFileSync(join(bench.rootDir, 'p.tfplan'), 'binary')
  const review = { plan: 'p.json', planFile: 'p.tfplan' }
  const twins = (verb: string) => [
    'no plan: ERROR',
    'old plan: ERROR',
    'empty plan: NO_DATA',
    `${verb} in the plan: FAIL`,
  ]
  assert.deepEqual(await prove('terraform-plan', review, bench), twins('delete'))
  assert.deepEqual(await prove('terraform-plan', { ...review, deny: { actions: ['forget'] } }, bench), twins('forget'))
})

test('drill-evidence: no drill, an old one, an edited one and a newer backup are seen', async (t) => {
  const bench = await createBench(t)
  mkdirSync(join(bench.rootDir, 'backups'))
  writeFileSync(join(bench.rootDir, 'backups/shop_20261119_050000.sql'), 'monday')
  const record = passed({ finishedAt: new Date(Date.now() - 1000).toISOString() })
  Object.assign(record.evidence.backup ?? {}, { sha256: sha256Hex('monday') })
  await writeEvidence({ dir: join(bench.rootDir, 'qa/restore'), record, validForMs: 86_400_000 })
  const options = { backups: { dir: 'backups' }, expect: { restores: true } }

  assert.deepEqual(await prove('drill-evidence', options, bench), [
    'no drill: NO_DATA',
    'drill of long ago: STALE',
    'edited evidence: FAIL',
    'newer backup: STALE',
  ])
})

test('payments: an endpoint that takes everything and does nothing is seen, with whatever contract', async (t) => {
  const bench = await createBench(t)
  const contract = readFileSync('fixtures/payments/reference.contract.yaml', 'utf8')
  writeFileSync(join(bench.rootDir, 'shop.yaml'), contract)
  const definition = (await checks.payments!.load()) as CheckDefinition
  const options = { contract: 'shop.yaml', smoke: true, expect: { green: true } }
  let made = ''

  const [twin, ...others] = await definition.sabotage!(options, {
    context: bench,
    deadUrl: 'http://127.0.0.1:9',
    emptyDir: bench.rootDir,
    answering: (status, body) => startServer(t, (_request, answer) => answer.writeHead(status).end(body)),
    async file(name, content) {
      made = join(bench.rootDir, name)
      writeFileSync(made, content)
      return made
    },
  })
  const outcome = await definition.run(definition.options.parse(twin!.options), { ...bench, ...twin!.context })

  assert.deepEqual([twin!.name, others.length], ['does nothing', 0])
  assert.equal(outcome.status, 'FAIL', outcome.reason)
  assert.equal(JSON.parse(readFileSync(made, 'utf8')).target.start, undefined)
})
