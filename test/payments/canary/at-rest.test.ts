import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findAtRest } from '../../../src/payments/canary/at-rest.ts'

const key = 'sk_test_51Q7mXr2LkPzT9aVbNcWdEfGhJiKoMuSyRxBtCq4D6'

async function look(t: { after(undo: () => Promise<void>): void }, kept: string | Buffer) {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-at-rest-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'data'), kept)
  return findAtRest({ files: ['data'] }, key, dir, { env: {}, since: 0 })
}

test('a key is found as it is and in base64', async (t) => {
  assert.equal((await look(t, `before ${key} after`)).form, 'plain')
  const row = Buffer.from(`{"api_key":"${key}"}`).toString('base64')
  assert.match((await look(t, row)).form ?? '', /base64/)
})

test('a key is found where only what differs from the key before it was written', async (t) => {
  assert.equal((await look(t, `\0\x03${key.slice(12, -2)}\0`)).form, 'plain')
})

test('another key, and the beginning that all keys share, are not taken for it', async (t) => {
  const other = `sk_test_51${[...key.slice(10)].reverse().join('')}`
  const { bytes, form } = await look(t, `${other}\n${key.slice(0, 20)}`)
  assert.equal(form, undefined)
  assert.ok(bytes > 0)
})
