import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startProcess } from '../../src/backend/main.ts'
import { mutants } from '../../src/backend/mutants/list.ts'
import { variants } from '../../src/backend/variants/list.ts'

async function environment(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'gatekit-mutant-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return { PORT: '0', OUTBOX_DIR: join(dir, 'outbox'), STRIPE_WEBHOOK_SECRET: 'whsec_test_of_mutants' }
}

test('every mutant and every variant says in a line what it does, and mutants which defect they have', async () => {
  for (const [id, { summary, load }] of Object.entries({ ...mutants, ...variants })) {
    const change = await load()
    assert.equal(change.id, id)
    assert.ok(summary.length > 10 && !summary.endsWith('.'), id)
    assert.ok(change.apply || change.wrap, id)
    if ('defect' in change)
      assert.ok(
        [change.defect].flat().every((each) => /^([A-HMPX]\d+|control\.\w+)$/.test(String(each))),
        id,
      )
  }
  assert.ok(Object.values(variants).length >= 13)
})

test('a mutant says on its status page and in its log that it is one', async (t) => {
  const change = await mutants.D2?.load()
  assert.ok(change)
  const running = await startProcess(await environment(t), { change, isDefect: true })
  t.after(() => running.close())
  const status = (await (await fetch(`${running.url}/status`)).json()) as Record<string, unknown>
  assert.equal(status.MUTANT, 'D2')
})

test('neither mutants nor variants run with a live key', async (t) => {
  const env = {
    ...(await environment(t)),
    APP_ENV: 'production',
    STRIPE_SECRET_KEY: 'sk_live_000000000000000000000000',
  }
  for (const entry of [mutants.B1, variants.slow]) {
    const change = await entry?.load()
    assert.ok(change)
    await assert.rejects(startProcess(env, { change }), /live key/)
  }
})
