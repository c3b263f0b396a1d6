import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { createManualClock } from '../../src/kernel/clock.ts'
import { createStripeSandbox, type StripeSandbox } from '../../src/stripe/server.ts'
import { inProcessClient } from '../stripe/in-process-client.ts'
import { history } from './calls.ts'
import { emptyModel, readBack } from './model.ts'

const runs = Number(process.env.FUZZ_HISTORIES ?? 60)

let sandbox: StripeSandbox
const problems: unknown[] = []

before(async () => {
  sandbox = await createStripeSandbox({
    clock: createManualClock(),
    idempotencyWindowMs: 0,
    onBug: (error) => problems.push(error),
    onMisfit: (operation, found) => problems.push({ operation, found }),
  })
})

test('after any history of calls what is read back is what was written', async () => {
  let account = 0
  const property = fc.asyncProperty(history, async (calls) => {
    const stripe = inProcessClient(sandbox, `sk_test_model${account++}`)
    const model = emptyModel()

    for (const call of calls) await call(model, stripe)

    assert.deepEqual(await readBack(stripe, model), model)
    assert.deepEqual(problems, [])
  })
  await fc.assert(property, { numRuns: runs, seed: 11, includeErrorInReport: true })
})
