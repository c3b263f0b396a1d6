import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadContract } from '../../../src/payments/contract/load.ts'
import { lintContract, renderLint } from '../../../src/payments/lint/lint.ts'
import { defineProbe, type ProbeDefinition } from '../../../src/payments/probes/define.ts'
import { probes } from '../../../src/payments/probes/list.ts'
import { green } from '../../../src/payments/verdict.ts'
import { makeContract } from '../bench.ts'

const probe = (id: string, missing?: string): ProbeDefinition =>
  defineProbe({
    id,
    title: `defect ${id}`,
    rule: '',
    source: [],
    guard: '',
    example: '',
    company: 'shared',
    needs: () => missing,
    run: async () => green(''),
  })

const backend = (name: string) =>
  loadContract(`fixtures/payments/backends/${name}/contract.yaml`, { cwd: '.', env: {} })

test('it is told what is measurable, and the entry that unlocks most comes first', async (t) => {
  const all = [probe('B10'), probe('B2', 'control.restart'), probe('A1'), probe('C1', 'x'), probe('C2', 'x')]

  const { measurable, missing } = lintContract(await makeContract(t), all)

  assert.deepEqual(
    measurable.map(({ id }) => id),
    ['A1', 'B10'],
  )
  assert.deepEqual(
    missing.map(({ entry, unlocks }) => [entry, unlocks.length]),
    [
      ['x', 2],
      ['control.restart', 1],
    ],
  )
})

test('what was declared as not applying is listed with its reason and nowhere else', async (t) => {
  const contract = await makeContract(t, { more: { skip: { E8: 'cards cannot be spent' } } })

  const { skipped, measurable, missing } = lintContract(contract, [probe('E8', 'facts.spend'), probe('A1')])

  assert.deepEqual([skipped, measurable.length, missing], [[{ id: 'E8', reason: 'cards cannot be spent' }], 1, []])
})

test('what will hardly be what was meant is doubted', async (t) => {
  const { doubts } = lintContract(await makeContract(t), [])

  assert.ok(doubts.some((doubt) => /does not tell the backend who that is/.test(doubt)))
  assert.ok(doubts.some((doubt) => /has no active/.test(doubt)))
  assert.ok(doubts.some((doubt) => /control\.restart: true/.test(doubt)))
})

test('a full contract leaves nothing to unlock and nothing to doubt', async () => {
  const { missing, doubts } = lintContract(await backend('python-inbox'), Object.values(probes))

  assert.deepEqual([missing, doubts], [[], []])
})

test('a contract of at most 15 lines makes at least 35 defects measurable', async () => {
  const { measurable } = lintContract(await backend('node-ledger'), Object.values(probes))
  const text = readFileSync('fixtures/payments/backends/node-ledger/contract.yaml', 'utf8')
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))

  assert.ok(lines.length <= 15)
  assert.ok(measurable.length >= 35, `only ${measurable.length}`)
})

test('each entry that is named unlocks what it says', async () => {
  const minimal = await backend('node-ledger')
  const full = await backend('python-inbox')
  const { missing } = lintContract(minimal, Object.values(probes))

  assert.ok(missing.length > 0)
  const measurable = new Set(lintContract(full, Object.values(probes)).measurable.map(({ id }) => id))
  for (const { entry, unlocks } of missing) {
    for (const { id } of unlocks) assert.ok(measurable.has(id) || full.skip[id], `${id} is not unlocked by ${entry}`)
  }
})

test('the page of it fits a person', async () => {
  const lines = renderLint(lintContract(await backend('node-ledger'), Object.values(probes)))

  assert.match(lines[0] ?? '', /^\d+ probes can be measured: A1 /)
  assert.ok(lines.some((line) => /^\d+ more would be unlocked by:$/.test(line)))
})
