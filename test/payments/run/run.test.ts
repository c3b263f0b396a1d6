import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../src/kernel/free-port.ts'
import { loadContract } from '../../../src/payments/contract/load.ts'
import { deliveriesOf } from '../../../src/payments/explore/shrink.ts'
import { renderJson } from '../../../src/payments/report/json.ts'
import { renderReproduction } from '../../../src/payments/report/reproduction.ts'
import { runPayments } from '../../../src/payments/run/run.ts'

/** The backend with a switch per defect, in a folder and on a port of its own. */
async function broken(t: TestContext, bug: string) {
  const dir = mkdtempSync(join(tmpdir(), 'payments-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  cpSync('test/payments/broken', dir, { recursive: true })
  const file = join(dir, 'contract.yaml')
  const port = await freePort()
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll('8491', String(port)))
  const env = { ...process.env, BUG: bug }
  const contract = await loadContract(file, { cwd: dir, env })
  const run = (only: string[], more: { strict?: boolean; seed?: number } = {}) =>
    runPayments({ contract, env, seed: 1, mode: 'default', only, signal: new AbortController().signal, ...more })
  return { contract, run }
}

const redsOf = ({ probes }: Awaited<ReturnType<typeof runPayments>>) =>
  probes.filter(({ verdict }) => verdict === 'RED').map(({ id }) => id)

const someProbes = [
  'A1',
  'A3',
  'A4',
  'A6',
  'A7',
  'A14',
  'A15',
  'B1',
  'B3',
  'B10',
  'B11',
  'B12',
  'C1',
  'C2',
  'C3',
  'C4',
  'C5',
  'F1',
  'F4',
  'F8',
]

test('a correct backend is green, and what the contract lacks is unmeasured', async (t) => {
  const { run } = await broken(t, '')

  const report = await run([...someProbes, 'A20'], { strict: true })

  assert.deepEqual(redsOf(report), [])
  assert.equal(report.probes.find(({ id }) => id === 'A20')?.verdict, 'UNMEASURED')
  assert.equal(report.summary.GREEN, someProbes.length + 2)
  assert.equal(report.exitCode, 4)
})

for (const bug of [
  'A1',
  'A3',
  'A6',
  'A7',
  'A14',
  'A15',
  'B1',
  'B3',
  'B10',
  'B11',
  'C1',
  'C2',
  'C3',
  'C4',
  'C5',
  'F1',
  'F4',
  'F8',
])
  test(`${bug}: the backend with this defect is red on the probe of this name`, async (t) => {
    const { run } = await broken(t, bug)

    const report = await run([bug])

    assert.deepEqual(redsOf(report), [bug])
    assert.equal(report.exitCode, 1)
    const history = report.probes.find(({ id }) => id === bug)?.history
    if (history) assert.ok(deliveriesOf(history) <= 5)
  })

test('a race of one event with itself is found and shrinks to two at once', async (t) => {
  const { run } = await broken(t, 'B4')

  const report = await run(['B4'])

  const { history, harm } = report.probes.find(({ id }) => id === 'B4')!
  assert.equal(deliveriesOf(history!), 2)
  assert.equal(harm, 'goods given more than once')
})

test('the same seed gives the same report, byte for byte', async (t) => {
  const { run } = await broken(t, 'C1')
  assert.equal(renderJson(await run(['A1', 'C1', 'B1'])), renderJson(await run(['A1', 'C1', 'B1'])))
})

test('a backend on which nothing works makes nothing green', async (t) => {
  const { run } = await broken(t, 'A4')

  const report = await run(['A4', 'B1', 'C1'])

  assert.deepEqual(redsOf(report), ['control.stripe', 'A4'])
  assert.equal(report.summary.GREEN, 0)
})

test('the script for a finding signs and sends by itself, and holds no secret', async (t) => {
  const { run, contract } = await broken(t, 'C1')
  const report = await run(['C1'])
  const script = renderReproduction(report.probes.find(({ id }) => id === 'C1')!, contract)!
  assert.match(script, /createHmac/)
  assert.doesNotMatch(script, /whsec_[A-Za-z0-9]{10}/)
  assert.match(script, /await send\("p1_full"\)\nawait send\("p1_cap"\)/)
})
