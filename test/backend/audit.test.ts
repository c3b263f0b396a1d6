import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createStory, send } from './events.ts'
import { type Bench, startBackend } from './support.ts'

const verify = async ({ app }: Bench) => (await app.inject('/audit/verify')).json()

async function withRecords(t: Parameters<typeof startBackend>[0]): Promise<Bench> {
  const bench = await startBackend(t)
  for (let count = 0; count < 3; count++) await send(bench, createStory().cap())
  return bench
}

test('the log is read over HTTP and never written: every other method is 405 and changes nothing', async (t) => {
  const bench = await withRecords(t)
  const before = (await bench.app.inject('/audit')).body
  const { items } = JSON.parse(before)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const)
    for (const url of ['/audit', `/audit/${items[0].id}`])
      assert.equal((await bench.app.inject({ method, url })).statusCode, 405)
  assert.equal((await bench.app.inject('/audit')).body, before)
})

test('the database itself refuses to change, delete or empty the log', async (t) => {
  const { backend } = await withRecords(t)
  for (const statement of ["update audit_logs set event = 'x'", 'delete from audit_logs', 'truncate audit_logs'])
    await assert.rejects(backend.database.query(statement), /append-only/)
})

for (const [what, statement] of [
  ['changed', "update audit_logs set payload = '{}' where seq = 2"],
  ['removed', 'delete from audit_logs where seq = 2'],
  ['cut off', 'delete from audit_logs where seq >= 5'],
] as const)
  test(`a record that was ${what} behind its back breaks the chain`, async (t) => {
    const bench = await withRecords(t)
    assert.equal((await verify(bench)).ok, true)
    const { database } = bench.backend
    await database.query('alter table audit_logs disable trigger user')
    await database.query(statement)
    const verdict = await verify(bench)
    assert.equal(verdict.ok, false)
    assert.ok(verdict.brokenAt >= 2)
  })
