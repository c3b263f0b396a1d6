import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../src/kernel/free-port.ts'
import { loadContract } from '../../../src/payments/contract/load.ts'
import { runPayments } from '../../../src/payments/run/run.ts'
import { type Mutation, mutations } from './mutations.ts'

const original = join('fixtures', 'payments', 'backends', 'python-inbox')

/** The correct backend with these changes, in a folder of its own. */
async function mutate(t: TestContext, changes: Mutation['changes']): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-mutation-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await Promise.all(['backend.py', 'contract.yaml'].map((file) => cp(join(original, file), join(dir, file))))
  let program = await readFile(join(dir, 'backend.py'), 'utf8')
  for (const [before, after] of changes) {
    assert.ok(program.includes(before), `the backend has no ${before}`)
    program = program.replace(before, () => after)
  }
  await writeFile(join(dir, 'backend.py'), program)
  const contract = await readFile(join(dir, 'contract.yaml'), 'utf8')
  const port = await freePort()
  await writeFile(
    join(dir, 'contract.yaml'),
    contract.replaceAll('8472', String(port)).replace(/settle_ms: \d+/, 'settle_ms: 700'),
  )
  return join(dir, 'contract.yaml')
}

async function verdictOf(file: string, probe: string) {
  const contract = await loadContract(file, { cwd: process.cwd(), env: {} })
  const report = await runPayments({
    contract,
    env: { PATH: process.env.PATH },
    seed: 1,
    mode: 'default',
    only: [probe],
    signal: new AbortController().signal,
  })
  return report.probes.find(({ id }) => id === probe)
}

/** All of them take minutes: `MUTATIONS=all`, or ids, chooses more than these. */
const chosen = (process.env.MUTATIONS ?? 'D1,D9,D11,E2,E4,G1,G9,H3').split(',')

for (const { probe, title, changes } of mutations)
  if (chosen.includes(probe) || chosen.includes('all'))
    test(`${probe} is RED: ${title}`, async (t) => {
      const found = await verdictOf(await mutate(t, changes), probe)

      assert.equal(found?.verdict, 'RED', `${found?.verdict}: ${found?.reason}`)
    })
