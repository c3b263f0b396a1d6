import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeRto } from '../../../src/drill/budget/rto.ts'
import type { PhaseName, PhaseRecord } from '../../../src/drill/record.ts'

const phase = (name: PhaseName, durationMs: number, status: PhaseRecord['status'] = 'done'): PhaseRecord => ({
  name,
  status,
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs,
})

test('counted is what somebody would wait for: provision, restore, the first answer', () => {
  const { rto, verificationMs, findings } = judgeRto(
    [phase('read', 500), phase('provision', 1000), phase('restore', 2000), phase('prove', 700)],
    { answerMs: 50 },
  )
  assert.deepEqual([rto, verificationMs, findings], [{ ms: 3050 }, 1150, []])
})

test('over the budget it is a finding that names the phases', () => {
  const { findings } = judgeRto([phase('provision', 1000), phase('restore', 62_000), phase('prove', 1)], {
    budgetMs: 60_000,
  })
  assert.equal(findings[0]?.code, 'RTO_EXCEEDED')
  assert.match(findings[0]?.message ?? '', /63 s .*provision 1\.0 s, restore 62 s.* 60 s are allowed/)
})

test('a phase that was skipped takes no time', () => {
  assert.equal(judgeRto([phase('restore', 100), phase('provision', 999, 'skipped')]).rto.ms, 100)
})
