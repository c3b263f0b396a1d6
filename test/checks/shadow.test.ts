import assert from 'node:assert/strict'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { shadowCheck } from '../../src/checks/shadow.ts'
import { createBench, runCheck } from '../support/check-context.ts'
import { deadUrl, sendJson, startServer } from '../support/http-server.ts'

test('a candidate that differs only where the baseline differs from itself passes, and the rates are told', async (t) => {
  let calls = 0
  const answer = (total: number) => ({
    id: `o_${++calls}`,
    at: { ms: calls },
    total,
    items: [{ sku: 'a', seen: calls }],
  })
  const baseline = await startServer(t, (_, response) => sendJson(response, answer(10)))
  const candidate = await startServer(t, (_, response) => sendJson(response, answer(10)))
  const outcome = await runCheck(
    shadowCheck,
    { baseline: { url: baseline }, candidate: { url: candidate }, ignore: ['$.at'], minSamples: 3 },
    await createBench(t),
  )
  assert.equal(outcome.status, 'PASS')
  assert.deepEqual(outcome.details, {
    samples: 3,
    minSamples: 3,
    rawRatio: 1,
    noiseRatio: 1,
    diffRatio: 0,
    noise: ['$.id', '$.items[*].seen'],
  })
})

test('a difference beyond the noise fails, up to the share that is allowed', async (t) => {
  let calls = 0
  const baseline = await startServer(t, (_, response) => sendJson(response, { total: 10 }))
  const candidate = await startServer(t, (_, response) => sendJson(response, { total: calls++ % 4 === 0 ? 11 : 10 }))
  const bench = await createBench(t)
  const run = (maxDiffRatio: number) =>
    runCheck(
      shadowCheck,
      { baseline: { url: baseline }, candidate: { url: candidate }, minSamples: 4, maxDiffRatio },
      bench,
    )
  const strict = await run(0.2)
  assert.equal(strict.status, 'FAIL')
  assert.deepEqual(strict.findings, [{ subject: '$.total', expected: '10', actual: '11' }])
  assert.equal((await run(0.25)).status, 'PASS')
})

test('an error page of the candidate is a difference, one of the baseline proves nothing', async (t) => {
  const good = await startServer(t, (_, response) => sendJson(response, { total: 10 }))
  const bad = await startServer(t, (_, response) => sendJson(response, { total: 10 }, 500))
  const bench = await createBench(t)
  const statusOf = async (baseline: string, candidate: string) =>
    (await runCheck(shadowCheck, { baseline: { url: baseline }, candidate: { url: candidate } }, bench)).status
  assert.equal(await statusOf(good, bad), 'FAIL')
  assert.equal(await statusOf(bad, bad), 'ERROR')
  assert.equal(await statusOf(await deadUrl(), good), 'ERROR')
  assert.equal(await statusOf(good, await deadUrl()), 'ERROR')
})

test('a comparison in which all is noise or ignored has no data', async (t) => {
  let calls = 0
  const url = await startServer(t, (_, response) => sendJson(response, { id: ++calls }))
  const bench = await createBench(t)
  const run = (ignore: string[]) => runCheck(shadowCheck, { baseline: { url }, candidate: { url }, ignore }, bench)
  assert.equal((await run([])).status, 'NO_DATA')
  assert.equal((await run(['$'])).status, 'NO_DATA')
})

test('nothing that may change something is called in a live environment', async (t) => {
  const url = await startServer(t, () => assert.fail('called'))
  const bench = await createBench(t, { environment: { name: 'prod', mode: 'live' } })
  const outcome = await runCheck(
    shadowCheck,
    { baseline: { url }, candidate: { url, method: 'POST', json: {} } },
    bench,
  )
  assert.equal(outcome.status, 'ERROR')
})

test('recorded samples are judged by operation and run, and too few are no data', async (t) => {
  const bench = await createBench(t, { runStart: Date.parse('2026-01-01T00:00:00Z') })
  const file = join(bench.rootDir, 'shadow.jsonl')
  const run = (more: object = {}) => runCheck(shadowCheck, { samples: 'shadow.jsonl', ...more }, bench)
  const record = (value: unknown) => appendFile(file, `${typeof value === 'string' ? value : JSON.stringify(value)}\n`)

  assert.equal((await run()).status, 'NO_DATA', 'no file')
  await record({
    operation: 'stripe.checkout',
    baseline: { mode: 'a' },
    candidate: { mode: 'a' },
    at: '2025-12-31T23:00:00Z',
  })
  assert.equal((await run()).status, 'PASS')
  assert.equal((await run({ newerThan: 'run.start' })).status, 'STALE')
  assert.equal((await run({ operation: 'notify.send' })).status, 'NO_DATA')
  assert.equal((await run({ minSamples: 2 })).status, 'NO_DATA')
  await record({
    operation: 'stripe.checkout',
    baseline: { mode: 'a' },
    candidate: { mode: 'b' },
    at: '2026-01-01T00:00:01Z',
  })
  assert.equal((await run()).status, 'FAIL')
  assert.equal((await run({ newerThan: 'run.start', maxDiffRatio: 0.5 })).status, 'FAIL')
  assert.equal((await run({ maxDiffRatio: 0.5 })).status, 'PASS')
  await record('{"baseline":')
  const broken = await run()
  assert.equal(broken.status, 'ERROR')
  assert.match(broken.reason ?? '', /line 3/)
})

test('options that name no two sides are refused', () => {
  const url = 'http://127.0.0.1/'
  for (const options of [
    {},
    { baseline: { url } },
    { candidate: { url } },
    { samples: 'a', candidate: { url } },
    { baseline: { url, times: 1 }, candidate: { url } },
  ]) {
    assert.equal(shadowCheck.options.safeParse(options).success, false, JSON.stringify(options))
  }
})
