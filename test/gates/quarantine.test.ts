import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lintProject } from '../../src/gates/lint.ts'
import { createManualClock } from '../../src/kernel/clock.ts'
import { load, makeFolder, oneGate, problemsOf, run } from './workshop.ts'

const checks = '- { id: a, type: say, says: FAIL, reason: down }\n- { id: b, type: say, says: PASS }'
const entry = (more: string): string => `quarantine:\n  - { owner: ann, ticket: OPS-1, ${more} }\n`
const january = entry('check: g/a, created: 2026-01-01, until: 2026-01-20')

test('a failure in quarantine is shown with its owner and not counted; the check has run', async (t) => {
  const dir = await makeFolder(t, oneGate(checks, january))

  const record = await run(dir, { clock: createManualClock(Date.UTC(2026, 0, 20, 23, 59, 59)) })

  const [check] = record.gates[0]!.checks
  assert.deepEqual([check?.status, check?.advisory, check?.attempts.length], ['FAIL', true, 1])
  assert.deepEqual(check?.quarantine, { owner: 'ann', ticket: 'OPS-1', until: '2026-01-20', daysLeft: 0 })
  assert.equal(check?.reason, 'down (in quarantine until 2026-01-20: OPS-1, ann)')
  assert.deepEqual([record.status, record.exitCode], ['PASS', 0])
})

test('when the quarantine is over, or has not begun, the check counts', async (t) => {
  const dir = await makeFolder(t, oneGate(checks, january))

  for (const now of [Date.UTC(2026, 0, 21), Date.UTC(2025, 11, 31)]) {
    const record = await run(dir, { clock: createManualClock(now) })
    assert.deepEqual([record.status, record.exitCode], ['FAIL', 1])
  }
})

test('a gate of which nothing but a failure in quarantine is left is below its floor', async (t) => {
  const dir = await makeFolder(t, oneGate('- { id: a, type: say, says: FAIL }', january))

  const record = await run(dir, { clock: createManualClock(Date.UTC(2026, 0, 2)) })

  assert.deepEqual([record.status, record.exitCode], ['INCOMPLETE', 4])
})

test('having nothing to look at is not chance: NO_DATA and STALE count in quarantine too', async (t) => {
  for (const [says, code] of [
    ['NO_DATA', 3],
    ['STALE', 5],
  ]) {
    const dir = await makeFolder(t, oneGate(`- { id: a, type: say, says: ${says} }`, january))
    assert.equal((await run(dir, { clock: createManualClock(Date.UTC(2026, 0, 2)) })).exitCode, code)
  }
})

const wrong: [more: string, title: RegExp][] = [
  ['check: g/a, created: 2026-01-01, until: 2026-02-01', /31 days after created; a quarantine lasts at most 30/],
  ['check: g/a, created: 2026-01-02, until: 2026-01-01', /before created/],
  ['check: g/x, created: 2026-01-01, until: 2026-01-02', /unknown check "g\/x"/],
  ['check: g/a, created: 2026-01-01', /until/],
  ['check: g/a, created: 2026-01-01, until: 2026-01-02, reason: x', /reason/],
]
for (const [more, title] of wrong) {
  test(`a quarantine that is not in order is a problem with its place: ${more}`, async (t) => {
    const dir = await makeFolder(t, oneGate(checks, entry(more)))
    const problems = await problemsOf(load(dir))
    assert.equal(problems.exitCode, 2)
    assert.match(problems.lines.join('\n'), title)
  })
}

test('one check may always be in quarantine, and no more than five of a hundred', async (t) => {
  const second = '  - { owner: bob, ticket: OPS-2, check: g/b, created: 2026-01-01, until: 2026-01-02 }\n'
  const dir = await makeFolder(t, oneGate(checks, january + second))
  assert.match((await problemsOf(load(dir))).lines.join('\n'), /2 of 2 checks are in quarantine; at most 1 may be/)

  const many = Array.from({ length: 40 }, (_, index) => `- { id: c${index}, type: say, says: PASS }`).join('\n')
  const roomy = await makeFolder(t, oneGate(`${checks}\n${many}`, january + second))
  assert.equal((await load(roomy)).quarantine.length, 2)
})

test('lint tells of every quarantine, and that one is over', async (t) => {
  const project = await load(await makeFolder(t, oneGate(checks, january)))
  const titles = (now: number) => lintProject(project, createManualClock(now)).map(({ title }) => title)
  assert.ok(titles(Date.UTC(2026, 0, 10)).includes('g/a is in quarantine for 10 more days (OPS-1, ann)'))
  assert.ok(titles(Date.UTC(2026, 1, 1)).includes('quarantine OPS-1 of g/a was over on 2026-01-20: it counts again'))
})
