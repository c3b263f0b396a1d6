import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { mutants } from '../../../src/backend/mutants/list.ts'
import { variants } from '../../../src/backend/variants/list.ts'
import { packageFile } from '../../../src/kernel/package.ts'
import { loadContract } from '../../../src/payments/contract/load.ts'
import { renderAsFound } from '../../../src/payments/matrix/as-found-page.ts'
import { type MatrixResult, type MatrixRow, standingOf } from '../../../src/payments/matrix/define.ts'
import { renderMatrix } from '../../../src/payments/matrix/page.ts'
import { writeReferenceContract } from '../../../src/payments/matrix/reference-contract.ts'
import { matrixRows } from '../../../src/payments/matrix/rows.ts'
import { probes } from '../../../src/payments/probes/list.ts'

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

const row = (changes: Partial<MatrixRow>): MatrixRow => ({
  id: 'B1',
  kind: 'mutant',
  summary: 'every delivery grants',
  named: ['B1'],
  args: [],
  ...changes,
})

test('the table counts what was caught, missed and alarmed, and says whose work it is', () => {
  const seed = { id: 'B1', tookMs: 1 }
  const histories = { kind: 'noise' as const, seed: 1, from: 0, faulty: 2, killed: 1, undecided: 0, tookMs: 1 }
  const page = renderMatrix({
    backends: [row({}), row({ id: 'B2', named: ['B2'] }), row({ id: 'B3' }), row({ id: 'slow', kind: 'noise' })],
    rows: [result({ id: 'B2', named: ['B2'] }), result({ id: 'slow', kind: 'noise' })],
    seeds: [
      { ...seed, seed: 1, red: 'B1', deliveries: 2, shrinkMs: 400 },
      { ...seed, seed: 2, red: 'B1', deliveries: 6, shrinkMs: 900 },
    ],
    histories: [{ ...histories, id: 'slow', histories: 100, deliveries: 800, alarms: [] }],
  })
  assert.match(page, /Self-authored/)
  assert.match(page, /\| 3 \| 1 \| 0 \| 0 \| 1 \| 1 \|/)
  assert.match(page, /2 runs of a defect on a seed: 2 red/)
  assert.match(page, /in 1 of 2 cases at most 5 deliveries; making them small took in 2 of 2 cases at most 5 s/)
  assert.match(page, /\| B1 \| every delivery grants \| B1 \| \*\*B1\*\* \| 2 of 2 \| 6 \| 0\.9 s \|/)
  assert.match(
    page,
    /100 random histories with 800 deliveries,\n2 of them with something broken and 1 with a kill; 0 false alarms/,
  )
  assert.match(page, /\| slow \| every delivery grants \| noise \| 100 \| 0 \| none \(all probes\) \|/)
})

test('every probe is named by a defect that shows it', async () => {
  const named = new Set((await matrixRows({ variants, mutants })).flatMap((each) => each.named))
  assert.deepEqual(
    Object.keys(probes).filter((id) => !named.has(id)),
    [],
  )
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

test('every style of the small backend in Python is one that it has', async () => {
  const text = await readFile(packageFile('fixtures/payments/backends/python-inbox/variants.py'), 'utf8')
  const known = [...text.matchAll(/^@variant\ndef (\w+)/gm)].map(([, name = '']) => name.replaceAll('_', '-'))
  const starts = (await matrixRows({ variants, mutants })).flatMap(({ fixture }) => fixture?.start ?? [])
  const styles = starts.flatMap((start) => /^python3 variants\.py (\S+)$/.exec(start)?.[1] ?? [])
  assert.ok(styles.length >= 10)
  assert.deepEqual(
    styles.filter((style) => !known.includes(style)),
    [],
  )
})
