import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { packageFile } from '../../../src/kernel/package.ts'
import { loadContract } from '../../../src/payments/contract/load.ts'
import { renderAsFound } from '../../../src/payments/matrix/as-found-page.ts'
import { type MatrixResult, standingOf } from '../../../src/payments/matrix/define.ts'
import { renderMatrix } from '../../../src/payments/matrix/page.ts'
import { writeReferenceContract } from '../../../src/payments/matrix/reference-contract.ts'

const result = (changes: Partial<MatrixResult>): MatrixResult => ({
  id: 'B1',
  kind: 'mutant',
  summary: 'every delivery grants',
  named: ['B1'],
  looked: 'all probes',
  reds: [],
  yellows: [],
  deadControls: [],
  judged: 40,
  tookMs: 1,
  ...changes,
})

test('a defect is caught by the probe that names it and by no other; what is right must be quiet', () => {
  const standings = [
    result({ reds: ['B1', 'H1'] }),
    result({ reds: ['H1'] }),
    result({ yellows: ['B1'] }),
    result({}),
    result({ kind: 'noise' }),
    result({ kind: 'correct', reds: ['B1'] }),
    result({ kind: 'correct', deadControls: ['control.stripe'] }),
    result({ trouble: 'the backend did not start' }),
  ].map(standingOf)
  assert.deepEqual(standings, ['caught', 'misnamed', 'advised', 'silent', 'quiet', 'alarm', 'alarm', 'failed'])
})

test('the table counts what was caught, missed and alarmed, and says whose work it is', () => {
  const rows = [
    result({ reds: ['B1', 'H1'] }),
    result({ id: 'B2', named: ['B2'] }),
    result({ id: 'slow', kind: 'noise' }),
  ]
  const page = renderMatrix(rows)
  assert.match(page, /Self-authored/)
  assert.match(page, /\| with a defect \| 2 \| 1 \| 0 \| 1 \|/)
  assert.match(page, /\| right \| 1 \| 0 \| 0 \| 1 \|/)
  assert.match(page, /\| B1 \| every delivery grants \| B1 \| \*\*B1\*\* H1 \|/)
})

test('the page of what was found shows the smoke test beside the gate', () => {
  const simple = [{ name: 'health answers 200', passed: true, seen: '200' }]
  const page = renderAsFound([{ result: result({ reds: ['B1'] }), seen: 'somewhere', simple }])
  assert.match(page, /\*\*1 are green there and red here\.\*\*/)
})

test('the contract of the reference backend is valid where it is and in any other folder', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), "gatekit it's "))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const path = await writeReferenceContract({ dir, port: 20_471, args: ['--mutant', 'B1'] })
  const contract = await loadContract(path, { cwd: dir, env: {} })
  assert.equal(contract.target.start, `'node' '${packageFile('bin/backend.js')}' '--mutant' 'B1'`)
  assert.match(await readFile(path, 'utf8'), /PORT: "20471"/)
  await loadContract('fixtures/payments/reference.contract.yaml', { cwd: packageFile('.'), env: {} })
})
