import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../../src/kernel/free-port.ts'
import { loadContract } from '../../../src/payments/contract/load.ts'
import { probes } from '../../../src/payments/probes/list.ts'
import { runPayments } from '../../../src/payments/run/run.ts'

/** Words of a style, and what its contract says otherwise. */
const styles: [style: string, policy?: Record<string, string>][] = [
  ['sessions passes-keys created'],
  ['intents'],
  ['refunder text slow'],
  ['expires-old guests conflicts'],
  ['orders worker'],
  ['by-object patient'],
  ['revokes worker sessions', { partial_refund: 'revoke' }],
  ['prorates keeps-disputed', { partial_refund: 'prorate', dispute_open: 'keep' }],
]

/** All styles and probes take minutes: `ODD=all` runs them. The backend is in memory, so nothing may kill it. */
const isAll = process.env.ODD === 'all'
const few = ['D8', 'D9', 'D11', 'D12', 'E2', 'E6', 'G6', 'H4']
const all = Object.values(probes).flatMap(({ id }) => (/^[DEGH]/.test(id) ? [id] : []))

async function contractOf(t: TestContext, style: string, policy: Record<string, string>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-odd-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await mkdir(join(dir, 'outbox'))
  await cp(join('test', 'payments', 'odd', 'backend.mjs'), join(dir, 'backend.mjs'))
  await symlink(resolve('node_modules'), join(dir, 'node_modules'))
  const text = await readFile(join('test', 'payments', 'odd', 'contract.yaml'), 'utf8')
  const changed = Object.entries(policy).reduce(
    (before, [name, value]) => before.replace(new RegExp(`${name}: \\w+`), `${name}: ${value}`),
    text.replaceAll('8471', String(await freePort())).replace('STYLE: ""', `STYLE: "${style}"`),
  )
  await writeFile(join(dir, 'contract.yaml'), changed)
  return join(dir, 'contract.yaml')
}

for (const [style, policy = {}] of isAll ? styles : styles.slice(0, 1))
  test(`nothing of a correct backend is called wrong: ${style}`, async (t) => {
    const contract = await loadContract(await contractOf(t, style, policy), { cwd: process.cwd(), env: {} })

    const report = await runPayments({
      contract,
      env: { PATH: process.env.PATH },
      seed: 1,
      mode: 'default',
      only: isAll ? all : few,
      signal: new AbortController().signal,
    })

    const wrong = report.probes.filter(({ verdict }) => verdict === 'RED')
    assert.deepEqual(
      wrong.map(({ id, reason }) => `${id}: ${reason}`),
      [],
    )
    assert.ok(report.probes.filter(({ verdict }) => verdict === 'GREEN').length >= few.length)
  })
