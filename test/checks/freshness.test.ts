import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freshnessCheck } from '../../src/checks/freshness.ts'
import { createBench, runCheck } from '../support/check-context.ts'
import { need } from '../support/need.ts'
import { makeKey } from '../support/signing.ts'

const now = Date.parse('2026-11-20T10:00:00Z')
const hoursAgo = (hours: number): string => new Date(now - hours * 3_600_000).toISOString()

async function judge(
  t: TestContext,
  evidence: object | string | undefined,
  options: object = {},
  context: object = {},
) {
  const bench = await createBench(t, { clock: { now: () => now }, git: { sha: 'c0ffee', authors: [] }, ...context })
  const path = join(bench.rootDir, 'latest.json')
  if (evidence !== undefined) {
    writeFileSync(path, typeof evidence === 'string' ? evidence : JSON.stringify(evidence))
    utimesSync(path, now / 1000, now / 1000)
  }
  const outcome = await runCheck(
    freshnessCheck,
    { evidence: 'latest.json', maxAge: '8d', expect: { json: { '$.status': 'PASS' } }, ...options },
    bench,
  )
  return `${outcome.status} ${outcome.reason ?? ''}`
}

test('evidence is as old as it says itself, however new its file is', async (t) => {
  assert.equal(await judge(t, { status: 'PASS', finishedAt: hoursAgo(24) }), 'PASS ')
  assert.match(await judge(t, { status: 'PASS', finishedAt: hoursAgo(9 * 24) }), /^STALE .*216h old/)
  assert.match(await judge(t, { status: 'PASS', finishedAt: hoursAgo(-1) }), /^FAIL .*future/)
  assert.match(await judge(t, { status: 'PASS' }), /^ERROR .*does not say when/)
  assert.equal(await judge(t, { status: 'PASS', made: { at: hoursAgo(1) } }, { at: '$.made.at' }), 'PASS ')
})

test('no evidence is NO_DATA, a failed one FAILs, an expired one is STALE, and none of them passes', async (t) => {
  assert.match(await judge(t, undefined), /^NO_DATA .*no evidence/)
  assert.match(await judge(t, '{'), /^ERROR .*not JSON/)
  assert.match(await judge(t, { status: 'FAIL', finishedAt: hoursAgo(1) }), /^FAIL /)
  assert.match(await judge(t, { status: 'PASS', finishedAt: hoursAgo(2), validUntil: hoursAgo(1) }), /^STALE .*expired/)
})

test('evidence about another commit is STALE', async (t) => {
  const options = { commit: '$.commit' }
  const made = { status: 'PASS', finishedAt: hoursAgo(1) }
  assert.equal(await judge(t, { ...made, commit: 'c0ffee' }, options), 'PASS ')
  assert.match(await judge(t, { ...made, commit: 'decaf0' }, options), /^STALE .*about commit decaf0/)
  assert.match(await judge(t, made, options), /^STALE .*about commit nothing/)
})

test('a signature must be there, be of one who may, and fit the bytes', need('ssh'), async (t) => {
  const text = JSON.stringify({ status: 'PASS', finishedAt: hoursAgo(1) })
  const options = { signedBy: ['restore'] }
  assert.match(await judge(t, text, options), /^FAIL .*no signer of gatekit\.yaml is restore/)

  const bench = await createBench(t, { clock: { now: () => now } })
  const { keyFile, publicKey } = makeKey(join(bench.rootDir, 'keys'), 'ci')
  const world = { ...bench, signers: { ci: { key: publicKey, roles: ['restore'], emails: [] } } }
  const look = async () => {
    const parsed = { evidence: 'e.json', maxAge: '8d', expect: { json: { '$.status': 'PASS' } }, ...options }
    const { status, reason } = await runCheck(freshnessCheck, parsed, world)
    return `${status} ${reason ?? ''}`
  }
  writeFileSync(join(bench.rootDir, 'e.json'), text)
  assert.match(await look(), /^FAIL .*e\.json\.sig is not there/)
  execFileSync('ssh-keygen', ['-Y', 'sign', '-q', '-f', keyFile, '-n', 'gatekit', join(bench.rootDir, 'e.json')], {
    stdio: 'ignore',
  })
  assert.equal(await look(), 'PASS ')
  writeFileSync(join(bench.rootDir, 'e.json'), `${text} `)
  assert.match(await look(), /^FAIL .*edited/)
})
