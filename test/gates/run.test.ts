import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RunEvent } from '../../src/gates/events.ts'
import { actor, createTestScheduler, makeFolder, oneGate, run } from './workshop.ts'

test('a gate whose checks all pass passes, with the number of checks that say so', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: say, says: PASS }\n- { id: b, type: say, says: PASS }'))

  const record = await run(dir)

  assert.equal(record.status, 'PASS')
  assert.equal(record.exitCode, 0)
  assert.deepEqual([record.summary.planned, record.summary.executed, record.summary.pass], [2, 2, 2])
  assert.equal(record.gates[0]?.reason, '2 of 2 checks passed.')
})

const outcomes = [
  ['FAIL', 'FAIL', 1, 'g: a failed: because.'],
  ['ERROR', 'ERROR', 3, 'g: a could not be judged: because.'],
  ['NO_DATA', 'ERROR', 3, 'g: a had nothing to judge: because.'],
  ['STALE', 'STALE', 5, 'g: a is stale: because.'],
] as const
for (const [says, verdict, exitCode, reason] of outcomes) {
  test(`a check that is ${says} gives the verdict ${verdict} and exit ${exitCode}, in a sentence that names it`, async (t) => {
    const dir = await makeFolder(t, oneGate(`- { id: a, type: say, says: ${says}, reason: because }`))

    const record = await run(dir)

    assert.deepEqual([record.status, record.exitCode, record.reason], [verdict, exitCode, reason])
  })
}

test('an advisory check is shown and never counted', async (t) => {
  const checks = '- { id: a, type: say, says: PASS }\n- { id: shadow, type: say, says: NO_DATA, advisory: true }'
  const dir = await makeFolder(t, oneGate(checks))

  const record = await run(dir)

  assert.equal(record.exitCode, 0)
  assert.equal(record.gates[0]?.checks[1]?.status, 'NO_DATA')
  assert.equal(record.summary.advisory, 1)
})

test('a gate of advisory checks alone is below its floor: exit 4', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: say, says: PASS, advisory: true }'))

  const record = await run(dir)

  assert.deepEqual([record.status, record.exitCode], ['INCOMPLETE', 4])
  assert.match(record.reason, /0 required checks executed, the floor is 1/)
})

test('a required check that is skipped makes the gate incomplete; skip: allowed does not, but counts for nothing', async (t) => {
  const skipped = '{ type: say, says: PASS, when: { env: NOT_THERE } }'
  const required = await makeFolder(t, oneGate(`- { id: a, type: say, says: PASS }\n- { id: b, ${skipped.slice(2)}`))
  const allowed = await makeFolder(
    t,
    oneGate(`- { id: a, type: say, says: PASS }\n- { id: b, skip: allowed, ${skipped.slice(2)}`),
  )
  const alone = await makeFolder(t, oneGate(`- { id: b, skip: allowed, ${skipped.slice(2)}`))

  const records = [await run(required), await run(allowed), await run(alone)]

  assert.deepEqual(
    records.map((record) => record.exitCode),
    [4, 0, 4],
  )
  assert.equal(records[0]?.gates[0]?.checks[1]?.status, 'SKIP')
  assert.equal(records[0]?.gates[0]?.checks[1]?.reason, 'NOT_THERE is not set')
})

test('a gate behind a failing gate is blocked, and the failure decides the exit code', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
gates:
  - { id: first, checks: [{ id: a, type: say, says: FAIL, reason: no }] }
  - { id: second, needs: [first], checks: [{ id: b, type: say, says: PASS }] }
  - { id: third, checks: [{ id: c, type: say, says: PASS }] }
`,
  })

  const record = await run(dir)

  assert.deepEqual(
    record.gates.map((gate) => [gate.id, gate.status, gate.exitCode]),
    [
      ['first', 'FAIL', 1],
      ['second', 'INCOMPLETE', 4],
      ['third', 'PASS', 0],
    ],
  )
  assert.equal(record.gates[1]?.checks[0]?.status, 'BLOCKED')
  assert.equal(record.gates[1]?.checks[0]?.reason, 'needs gate first, which is FAIL')
  assert.equal(record.exitCode, 1)
})

test('a check behind a check that failed is blocked', async (t) => {
  const checks = '- { id: b, type: say, says: PASS, needs: [a] }\n- { id: a, type: say, says: FAIL, reason: no }'
  const dir = await makeFolder(t, oneGate(checks))

  const [a, b] = (await run(dir)).gates[0]!.checks

  assert.deepEqual([a?.id, a?.status, b?.status, b?.reason], ['a', 'FAIL', 'BLOCKED', 'needs a, which is FAIL'])
})

test('--fail-fast starts nothing after the first failure', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
gates:
  - { id: one, checks: [{ id: a, type: say, says: FAIL, reason: no }, { id: b, type: say, says: PASS }] }
  - { id: two, checks: [{ id: c, type: say, says: PASS }] }
`,
  })

  const record = await run(dir, { options: { failFast: true } })

  const rest = record.gates.flatMap((gate) => gate.checks).slice(1)
  assert.deepEqual(
    rest.map(({ status, reason }) => [status, reason]),
    Array.from({ length: 2 }, () => ['NOT_RUN', 'fail-fast: one/a was FAIL']),
  )
  assert.equal(record.exitCode, 1)
})

test('a check that throws is an ERROR, and the checks after it still run', async (t) => {
  const thrower = actor('thrower', async () => {
    throw new TypeError('undefined is not a function')
  })
  const dir = await makeFolder(t, oneGate('- { id: a, type: thrower, do: 1 }\n- { id: b, type: say, says: PASS }'))

  const record = await run(dir, { definitions: [thrower] })

  const [a, b] = record.gates[0]!.checks
  assert.deepEqual([a?.status, a?.reason], ['ERROR', 'the check threw: undefined is not a function'])
  assert.equal(b?.status, 'PASS')
  assert.equal(record.exitCode, 3)
})

test('a check that answers nonsense is an ERROR', async (t) => {
  const odd = actor('odd', async () => ({ status: 'OK' }) as never)
  const dir = await makeFolder(t, oneGate('- { id: a, type: odd, do: 1 }'))

  const record = await run(dir, { definitions: [odd] })

  assert.deepEqual([record.gates[0]?.checks[0]?.status, record.exitCode], ['ERROR', 3])
})

test('a check that passes after its time was over is an ERROR, and its signal told it to stop', async (t) => {
  const scheduler = createTestScheduler()
  let wasTold = false
  const slow = actor('slow', async ({ signal }) => {
    scheduler.fire(2000)
    wasTold = signal.aborted
    return { status: 'PASS' }
  })
  const dir = await makeFolder(t, oneGate('- { id: a, type: slow, do: 1, timeout: 2s, retry: { max: 0 } }'))

  const record = await run(dir, { definitions: [slow], options: { scheduler } })

  assert.equal(wasTold, true)
  assert.equal(record.gates[0]?.checks[0]?.status, 'ERROR')
  assert.equal(record.gates[0]?.checks[0]?.reason, 'not done after 2s')
  assert.equal(record.exitCode, 3)
})

test('a check that never stops is left behind after the grace period', async (t) => {
  const scheduler = createTestScheduler()
  const stubborn = actor('stubborn', ({ signal }) => {
    signal.addEventListener('abort', () => setImmediate(() => scheduler.fire(10_000)))
    setImmediate(() => scheduler.fire(2000))
    return new Promise(() => {})
  })
  const dir = await makeFolder(t, oneGate('- { id: a, type: stubborn, do: 1, timeout: 2s, retry: { max: 0 } }'))

  const record = await run(dir, { definitions: [stubborn], options: { scheduler } })

  assert.equal(record.gates[0]?.checks[0]?.reason, 'not done after 2s, and did not stop when it was told to')
  assert.equal(record.exitCode, 3)
})

test('when the time of a gate is over its running check is an ERROR and the rest did not run', async (t) => {
  const scheduler = createTestScheduler()
  const slow = actor('slow', async () => {
    scheduler.fire(20_000)
    return { status: 'PASS' }
  })
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
gates:
  - { id: g, timeout: 20s, checks: [{ id: a, type: slow, do: 1, timeout: 60s }, { id: b, type: say, says: PASS }] }
  - { id: h, checks: [{ id: c, type: say, says: PASS }] }
`,
  })

  const record = await run(dir, { definitions: [slow], options: { scheduler } })

  assert.deepEqual(
    record.gates.flatMap((gate) => gate.checks).map(({ status, reason }) => [status, reason]),
    [
      ['ERROR', 'the time of the gate was over'],
      ['NOT_RUN', 'the time of the gate was over'],
      ['PASS', undefined],
    ],
  )
  assert.equal(record.exitCode, 3)
})

test('what could not be judged is tried again after a doubled wait, and a late pass is flaky', async (t) => {
  const scheduler = createTestScheduler(5000)
  const checks = '- { id: a, type: say, says: [ERROR, ERROR, PASS], reason: ECONNREFUSED, cause: connect }'
  const dir = await makeFolder(t, oneGate(checks))
  const events: RunEvent[] = []

  const record = await run(dir, { options: { scheduler, onEvent: (event) => events.push(event) } })

  const [check] = record.gates[0]!.checks
  assert.deepEqual(
    check?.attempts.map(({ attempt, status, reason }) => [attempt, status, reason]),
    [
      [1, 'ERROR', 'ECONNREFUSED'],
      [2, 'ERROR', 'ECONNREFUSED'],
      [3, 'PASS', undefined],
    ],
  )
  assert.equal(check?.flaky, true)
  assert.equal(record.exitCode, 0)
  const delays = events.flatMap((event) => (event.type === 'attempt-finished' ? [event.nextInMs] : []))
  assert.deepEqual(delays, [375, 750, undefined])
})

test('a flaky pass fails a run that does not allow it: exit 7', async (t) => {
  const checks = '- { id: a, type: say, says: [ERROR, PASS], reason: reset, cause: connect }'
  const dir = await makeFolder(t, oneGate(checks))

  const record = await run(dir, { options: { scheduler: createTestScheduler(5000), failOnFlaky: true } })

  assert.deepEqual([record.status, record.exitCode], ['FAIL', 7])
  assert.match(record.reason, /a passed only at attempt 2/)
})

test('a false expectation is never tried again', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: say, says: [FAIL, PASS], reason: no, cause: connect }'))

  const record = await run(dir, { options: { scheduler: createTestScheduler(5000) } })

  assert.equal(record.gates[0]?.checks[0]?.attempts.length, 1)
  assert.equal(record.exitCode, 1)
})

test('the order of the checks of a gate follows their needs, and their exports keep their type', async (t) => {
  let got: unknown
  const reader = actor('reader', async (_, options) => {
    got = options.do
    return { status: 'PASS' }
  })
  const checks = `
- { id: b, type: reader, do: { n: "\${a.count}", text: "n=\${a.count}" } }
- { id: a, type: say, says: PASS, exports: { count: 5 } }`
  const dir = await makeFolder(t, oneGate(checks))

  const record = await run(dir, { definitions: [reader] })

  assert.deepEqual(got, { n: 5, text: 'n=5' })
  assert.deepEqual(
    record.gates[0]?.checks.map((check) => [check.id, check.needs]),
    [
      ['a', []],
      ['b', ['g/a']],
    ],
  )
})

for (const value of ['null', '""']) {
  test(`a value exported as ${value} makes the check that reads it an ERROR`, async (t) => {
    const checks = `
- { id: a, type: say, says: PASS, exports: { url: ${value} } }
- { id: b, type: say, says: PASS, reason: "\${a.url}" }`
    const dir = await makeFolder(t, oneGate(checks))

    const record = await run(dir)

    const b = record.gates[0]?.checks[1]
    assert.deepEqual([b?.status, b?.reason], ['ERROR', '${a.url} has no value: url has no value'])
    assert.equal(record.exitCode, 3)
  })
}

test('an exported value of the wrong type makes the check that reads it an ERROR', async (t) => {
  const checks = `
- { id: a, type: say, says: PASS, exports: { n: many } }
- { id: b, type: say, says: PASS, number: "\${a.n}" }`
  const dir = await makeFolder(t, oneGate(checks))

  const b = (await run(dir)).gates[0]?.checks[1]

  assert.equal(b?.status, 'ERROR')
  assert.match(b?.reason ?? '', /with its templates filled in, number is wrong/)
})

test('a run of one check leaves the others not selected, and that is incomplete', async (t) => {
  const checks =
    '- { id: a, type: say, says: PASS }\n- { id: b, type: say, says: PASS, needs: [a] }\n- { id: c, type: say, says: PASS }'
  const dir = await makeFolder(t, oneGate(checks))

  const record = await run(dir, { selection: { names: ['g/b'] } })

  assert.deepEqual(
    record.gates[0]?.checks.map(({ status }) => status),
    ['PASS', 'PASS', 'NOT_SELECTED'],
  )
  assert.equal(record.exitCode, 4)
})

test('a target that runs another commit is an ERROR for the run, and no check touches it', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
environments:
  staging: { mode: test, baseUrl: "https://staging.example.test", identity: { path: /version, sha: $.sha } }
gates: [{ id: g, checks: [{ id: a, type: say, says: PASS }] }]
`,
  })
  const context = { git: { sha: 'd20ace7d20ace7d20ace7d20ace7d20ace7d20ac' } }

  const wrong = await run(dir, { env: 'staging', context, options: { identify: async () => 'abcdef0' } })
  const right = await run(dir, { env: 'staging', context, options: { identify: async () => 'd20ace7' } })
  const silent = await run(dir, {
    env: 'staging',
    context,
    options: { identify: () => Promise.reject(Object.assign(new Error('x'), { cause: { code: 'ECONNREFUSED' } })) },
  })

  assert.deepEqual([wrong.status, wrong.exitCode, wrong.gates[0]?.checks[0]?.status], ['ERROR', 3, 'NOT_RUN'])
  assert.match(wrong.reason, /runs abcdef0, not d20ace7/)
  assert.deepEqual([right.exitCode, right.target.build], [0, 'd20ace7'])
  assert.equal(silent.exitCode, 3)
  assert.match(silent.reason, /did not tell its build: ECONNREFUSED/)
})

test('tests.json keeps the form that its readers know, and says PASS only for a pass', async (t) => {
  const dir = await makeFolder(t, {
    'gatekit.yaml': `
version: 1
project: p
gates:
  - id: stage6
    version: v0.6.0
    checks:
      - { id: stripe_sandbox, type: say, says: PASS, details: { checkout_url: "https://checkout.stripe.com/c/pay/cs_test_a1" } }
`,
  })

  await run(dir)

  const folder = join(dir, 'qa/stage6/v0.6.0')
  const tests = JSON.parse(await readFile(join(folder, 'tests.json'), 'utf8'))
  assert.equal(tests.status, 'PASS')
  assert.equal(tests.timestamp, '2026-01-01T00:00:00.000Z')
  assert.equal(tests.stage6_v0_6_0.stripe_sandbox.status, 'PASS')
  assert.deepEqual(tests.stage6_v0_6_0.stripe_sandbox.details, {
    checkout_url: 'https://checkout.stripe.com/c/pay/cs_test_a1',
  })
  assert.deepEqual(Object.keys(tests), ['gatekit', 'stage6_v0_6_0', 'status', 'timestamp'])
  assert.equal(tests.gatekit.validUntil, '2026-01-01T04:00:00.000Z')
  const text = await readFile(join(folder, 'tests.txt'), 'utf8')
  const lines = text.trimEnd().split('\n')
  assert.match(lines[0] ?? '', /^GATE stage6 v0\.6\.0 {2}PASS .*planned=1 executed=1 floor=1/)
  assert.match(lines.at(-1) ?? '', /^VERDICT PASS exit=0 run=/)
  assert.match(text, /^[\x20-\x7e\n]*$/)
})
