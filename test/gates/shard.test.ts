import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlannedGate } from '../../src/gates/plan.ts'
import { assignShards, chainsOf, parseShard } from '../../src/gates/shard.ts'

const gate = (id: string, checks: Record<string, string[]>, needs: string[] = []): PlannedGate =>
  ({
    id,
    needs,
    checks: Object.entries(checks).map(([check, wants]) => ({ id: check, gate: id, needs: wants })),
  }) as unknown as PlannedGate

test('a shard is written as i/n, with i from 1 to n', () => {
  assert.deepEqual(parseShard('2/5'), { index: 2, count: 5 })
  for (const text of ['0/5', '6/5', '2', '2/', '-1/5', '1/999', '1/0', 'a/b', '1/2/3'])
    assert.equal(parseShard(text), undefined, text)
})

test('checks that need one another stay together, within a gate and across gates', () => {
  const gates = [gate('a', { x: [], y: ['a/x'], z: [] }), gate('b', { p: ['a/z'], q: [] })]
  assert.deepEqual(chainsOf(gates), [['a/x', 'a/y'], ['a/z', 'b/p'], ['b/q']])
})

test('a gate that needs another stays with all of it', () => {
  const gates = [gate('a', { x: [], y: [] }), gate('b', { p: [], q: [] }, ['a']), gate('c', { r: [] })]
  assert.deepEqual(chainsOf(gates), [['a/x', 'a/y', 'b/p', 'b/q'], ['c/r']])
})

test('every check is in exactly one shard, whatever the order of the chains, and shards are of like size', () => {
  const chains = Array.from({ length: 40 }, (_, index) =>
    Array.from({ length: 1 + (index % 4) }, (__, at) => `g/${index}-${at}`),
  )
  const one = assignShards(chains, 3)
  const other = assignShards([...chains].reverse(), 3)
  assert.deepEqual([...one].sort(), [...other].sort())
  assert.equal(one.size, chains.flat().length)
  const sizes = [1, 2, 3].map((shard) => [...one.values()].filter((each) => each === shard).length)
  assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 4, String(sizes))
})
