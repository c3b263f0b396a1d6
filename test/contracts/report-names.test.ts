import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reportNames } from '../../src/gates/outputs.ts'
import { reporters } from '../../src/report/list.ts'

test('what every reporter writes is removed before the next run', async () => {
  const files = await Promise.all(Object.values(reporters).map(async ({ load }) => (await load()).file))

  assert.deepEqual([...reportNames].sort(), files.sort())
})
