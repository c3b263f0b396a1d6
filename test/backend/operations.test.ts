import assert from 'node:assert/strict'
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { appendAudit } from '../../src/backend/audit/append.ts'
import { openAuditCopy } from '../../src/backend/audit/copy.ts'
import { seal, unseal } from '../../src/backend/connection/seal.ts'
import { adminToken, startBackend } from './support.ts'

test('a sealed key is not readable without its secret, and one that was changed is no key', () => {
  const sealed = seal('sk_test_abc', 'a word')
  assert.ok(!Buffer.from(sealed, 'base64').toString('latin1').includes('sk_test'))
  assert.equal(unseal(sealed, 'a word'), 'sk_test_abc')
  assert.equal(unseal(sealed, 'another word'), undefined)
  assert.equal(unseal('sk_test_kept_in_clear_by_mistake', 'a word'), undefined)
})

test('a provider key is kept encrypted and shown masked, and not at all without a secret to encrypt it with', async (t) => {
  const authorization = `Bearer ${adminToken}`
  const key = 'sk_test_0123456789abcdefXYZW'
  const put = {
    method: 'PUT',
    url: '/admin/connection',
    headers: { authorization },
    payload: { api_key: key },
  } as const
  const without = await startBackend(t)
  assert.equal((await without.app.inject(put)).statusCode, 503)

  const { app, backend } = await startBackend(t, { configKey: 'a word' })
  assert.equal((await app.inject({ ...put, headers: {} })).statusCode, 401)
  const answer = await app.inject(put)
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.json().api_key, 'sk_test_****XYZW')
  const kept = await backend.database.query('select * from provider_connections')
  assert.ok(!JSON.stringify(kept.rows).includes('0123456789abcdef'))
})

test('the copy of the audit log has every record once, also after it was away', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-copy-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  const { backend } = await startBackend(t)
  const copy = await openAuditCopy(join(dir, 'audit'))
  const record = (target: string) =>
    backend.database.transaction((tx) =>
      appendAudit(tx, [{ event: 'x', target, payload: {} }], new Date(0).toISOString()),
    )
  await record('a')
  await Promise.all([copy.update(backend.database), copy.update(backend.database)])
  await rename(join(dir, 'audit'), join(dir, 'away'))
  await record('b')
  await assert.rejects(copy.update(backend.database))
  await rename(join(dir, 'away'), join(dir, 'audit'))
  await copy.update(backend.database)

  const lines = (await readFile(join(dir, 'audit', 'audit.ndjson'), 'utf8')).trim().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).targetId),
    ['a', 'b'],
  )
})
