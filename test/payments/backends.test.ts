import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../src/kernel/free-port.ts'
import { makeProject, runCli } from '../support/cli.ts'

interface Judged {
  probes: Record<string, { verdict: string; reason?: string }>
}

/** A backend of the fixtures in a folder and on a port of its own, judged by the smoke run as its user would. */
async function judge(t: TestContext, name: string) {
  const dir = await makeProject(t)
  const from = join('fixtures/payments/backends', name)
  const isCode = (path: string) => !/\/(data|qa|server\.log|__pycache__)$/.test(path)
  await cp(from, dir, { recursive: true, filter: isCode })
  const contract = readFileSync(join(from, 'contract.yaml'), 'utf8').replace(/\b847\d\b/g, String(await freePort()))
  await writeFile(join(dir, 'contract.yaml'), contract)
  const { code, stderr } = await runCli(dir, [
    'payments',
    '--contract',
    'contract.yaml',
    '--smoke',
    '--json',
    'out.json',
  ])
  const { probes } = JSON.parse(readFileSync(join(dir, 'out.json'), 'utf8')) as Judged
  const of = (verdict: string) => Object.keys(probes).filter((id) => probes[id]?.verdict === verdict)
  return { code, stderr, red: of('RED'), green: of('GREEN') }
}

const correct = ['node-ledger', 'python-inbox']

for (const name of correct) {
  test(`${name} is correct, and no probe says otherwise`, { timeout: 120_000 }, async (t) => {
    const { code, red, green, stderr } = await judge(t, name)

    assert.deepEqual(red, [])
    assert.ok(green.length >= 15, stderr)
    assert.equal(code, 0)
  })
}

test('a backend that does not verify signatures is red, with exit code 1', { timeout: 120_000 }, async (t) => {
  const dir = await makeProject(t)
  const from = 'fixtures/payments/backends/node-ledger'
  const port = String(await freePort())
  const broken = readFileSync(`${from}/backend.mjs`, 'utf8').replace('if (!isGenuine(header, body))', 'if (false)')
  await writeFile(join(dir, 'backend.mjs'), broken)
  await writeFile(join(dir, 'contract.yaml'), readFileSync(`${from}/contract.yaml`, 'utf8').replaceAll('8473', port))

  const { code } = await runCli(dir, ['payments', '--contract', 'contract.yaml', '--smoke', '--json', 'out.json'])

  const { probes } = JSON.parse(readFileSync(join(dir, 'out.json'), 'utf8')) as Judged
  assert.equal(probes.A1?.verdict, 'RED')
  assert.equal(code, 1)
})
