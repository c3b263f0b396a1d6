import assert from 'node:assert/strict'
import { test } from 'node:test'
import { variablesCheck } from '../../src/checks/variables.ts'
import { createBench, runCheck } from '../support/check-context.ts'

test('variables are there with values of their own; a value is never shown', async (t) => {
  const bench = await createBench(t)
  Object.assign(bench.values, { A: 'opaque-7f3', B: 'changeme', C: '<your key>', FLAG: 'false' })
  const judge = async (options: Parameters<typeof runCheck>[1]) => runCheck(variablesCheck, options as never, bench)
  assert.equal((await judge({ require: ['A'], values: { FLAG: 'false' } })).status, 'PASS')

  const bad = await judge({ require: ['A', 'B', 'C', 'D'], values: { FLAG: 'true', A: { match: '^x' } } })
  assert.equal(bad.status, 'FAIL')
  assert.deepEqual(
    bad.findings?.map(({ subject, actual }) => `${subject} ${actual}`),
    ['B a stand-in', 'C a stand-in', 'D not set', 'FLAG another value', 'A another value'],
  )
  assert.equal(JSON.stringify(bad).includes('opaque-7f3'), false)
})
