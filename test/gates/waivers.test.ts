import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createManualClock } from '../../src/kernel/clock.ts'
import { load, makeFolder, oneGate, problemsOf, run } from './workshop.ts'

const waiver = (more: string): string =>
  `waivers:\n  - { reason: outage, ticket: OPS-1, approvedBy: [alice], ${more} }\n`
const failing = '- { id: a, type: say, says: FAIL, reason: down }'

test('a valid waiver turns a failure into WAIVED, keeps what it was, and the gate passes', async (t) => {
  const dir = await makeFolder(t, oneGate(failing, waiver('check: g/a, created: 2026-01-01, expires: 2026-01-10')))

  const record = await run(dir, { clock: createManualClock(Date.UTC(2026, 0, 10, 23, 59, 59)) })

  const [check] = record.gates[0]!.checks
  assert.deepEqual([check?.status, check?.was, check?.waiver?.daysLeft], ['WAIVED', 'FAIL', 0])
  assert.match(check?.reason ?? '', /outage \(FAIL: down\)/)
  assert.equal(record.exitCode, 0)
})

test('an expired waiver covers nothing and is itself stale: exit 5', async (t) => {
  const dir = await makeFolder(t, oneGate(failing, waiver('check: g/a, created: 2026-01-01, expires: 2026-01-10')))

  const record = await run(dir, { clock: createManualClock(Date.UTC(2026, 0, 11)) })

  const [check] = record.gates[0]!.checks
  assert.deepEqual([check?.status, check?.was], ['STALE', 'FAIL'])
  assert.equal(check?.reason, 'waiver OPS-1 expired on 2026-01-10; without it FAIL: down')
  assert.deepEqual([record.status, record.exitCode], ['STALE', 5])
})

test('a waiver that has not begun covers nothing', async (t) => {
  const dir = await makeFolder(t, oneGate(failing, waiver('check: g/a, created: 2026-02-01, expires: 2026-02-10')))

  const record = await run(dir)

  assert.deepEqual([record.gates[0]?.checks[0]?.status, record.exitCode], ['FAIL', 1])
})

test('a check that passes in spite of its waiver passes, and the run says that the waiver is not needed', async (t) => {
  const passing = '- { id: a, type: say, says: PASS }'
  const dir = await makeFolder(t, oneGate(passing, waiver('check: g/a, created: 2026-01-01, expires: 2026-01-10')))

  const record = await run(dir)

  assert.equal(record.gates[0]?.checks[0]?.status, 'PASS')
  assert.deepEqual(record.notes, ['g/a passes: its waiver OPS-1 is not needed.'])
})

test('a waiver for an unknown check is a configuration error, with the likely name', async (t) => {
  const dir = await makeFolder(t, oneGate(failing, waiver('check: g/b, created: 2026-01-01, expires: 2026-01-10')))

  const problems = await problemsOf(load(dir))

  assert.deepEqual(problems.lines, ['waiver for an unknown check "g/b" @ gatekit.yaml:8:66'])
  assert.equal(problems[0]?.note, 'did you mean "g/a"?')
  assert.equal(problems.exitCode, 2)
})

const malformed = [
  [
    'lasts longer than 90 days',
    'check: g/a, created: 2026-01-01, expires: 2026-04-02',
    'expires: is 91 days after created',
  ],
  ['ends before it begins', 'check: g/a, created: 2026-01-02, expires: 2026-01-01', 'expires: is before created'],
  ['ends on a day that is none', 'check: g/a, created: 2026-01-02, expires: 2026-02-30', 'expires: expected a date'],
  ['never ends', 'check: g/a, created: 2026-01-02', 'missing "expires"'],
] as const
for (const [what, more, title] of malformed) {
  test(`a waiver that ${what} is a configuration error`, async (t) => {
    const dir = await makeFolder(t, oneGate(failing, waiver(more)))

    const problems = await problemsOf(load(dir))

    assert.equal(problems.length, 1)
    assert.ok(problems[0]?.title.startsWith(title), problems[0]?.title)
    assert.equal(problems.exitCode, 2)
  })
}
