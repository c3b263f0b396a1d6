import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadContract } from '../../../src/payments/contract/load.ts'
import { fillJson } from '../../../src/payments/contract/template.ts'
import { lintContract } from '../../../src/payments/lint/lint.ts'
import { recentChange } from '../../../src/payments/metering/time-zones.ts'
import { probes } from '../../../src/payments/probes/list.ts'
import { makeContract } from '../bench.ts'

test('a backend that only meters usage needs no purchase, and is asked about nothing else', async () => {
  const contract = await loadContract('fixtures/payments/metering.contract.yaml', { cwd: '.', env: {} })
  const { measurable, missing, doubts } = lintContract(contract, Object.values(probes))
  assert.equal(contract.facts.sells, false)
  assert.ok(measurable.every(({ id }) => id.startsWith('M')))
  assert.ok(measurable.length >= 16)
  assert.deepEqual([missing, doubts], [[], []])
})

test('a backend that meters nothing is told so once, and measured as before', async (t) => {
  const { measurable, optional } = lintContract(await makeContract(t), Object.values(probes))
  assert.ok(!measurable.some(({ id }) => id.startsWith('M')))
  assert.ok((optional.find(({ entry }) => entry === 'facts.metering')?.unlocks.length ?? 0) >= 16)
})

test('a contract that says neither what is bought nor what is metered is refused', async (t) => {
  await assert.rejects(makeContract(t, { more: { facts: {} } }), /expected purchase or metering/)
})

test('a text that is nothing but a placeholder becomes what it stands for', () => {
  const fillings = { quantity: 42, force: true, from: '2026-06-21T04:00:00Z' }
  const filled = fillJson({ a: '{quantity}', b: '{force}', c: 'since {from}, {quantity} of {them}' }, fillings)
  assert.deepEqual(filled, { a: 42, b: true, c: 'since 2026-06-21T04:00:00Z, 42 of {them}' })
})

test('a zone is found whose clocks changed lately, and one with half hours where none did', () => {
  const autumn = recentChange(Date.UTC(2026, 10, 8))
  assert.deepEqual(autumn, { zone: 'America/St_Johns', at: Date.UTC(2026, 10, 1, 5) })
  assert.deepEqual(recentChange(Date.UTC(2026, 6, 15)), { zone: 'Asia/Kolkata' })
})
