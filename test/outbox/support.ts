import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createManualClock } from '../../src/kernel/clock.ts'
import type { OutboxMessage } from '../../src/outbox/entry.ts'
import { type OutboxOptions, openOutbox } from '../../src/outbox/outbox.ts'

export const message: OutboxMessage = {
  to: 'stage6@example.com',
  template: 'generic',
  subject: 'Stage6 Test',
  data: { k: 'v' },
}

/** A folder of this test's own, removed after it. */
export async function makeFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'outbox-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** An empty outbox on a clock that stands still. */
export async function startOutbox(t: TestContext, options: OutboxOptions = {}) {
  const clock = createManualClock()
  const dir = join(await makeFolder(t), 'qa/notify/outbox')
  const outbox = await openOutbox(dir, { clock, ...options })
  return { dir, clock, outbox }
}
