import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareRuns } from '../../src/kernel/share-runs.ts'

/** A piece of work that ends when it is told to. */
function createWork() {
  const begun: { end(value: string): void; fail(error: Error): void }[] = []
  const work = () => new Promise<string>((end, fail) => begun.push({ end, fail }))
  return { begun, share: shareRuns(work) }
}

const settled = () => new Promise(setImmediate)

test('nobody joins a run that has begun: who asks meanwhile shares the next one', async () => {
  const { begun, share } = createWork()
  const first = share()
  const others = [share(), share(), share()]
  begun[0]?.end('one')
  assert.equal(await first, 'one')
  await settled()
  assert.equal(begun.length, 2)
  begun[1]?.end('two')
  assert.deepEqual(await Promise.all(others), ['two', 'two', 'two'])
})

test('a run that fails is told to those who shared it, and to nobody after them', async () => {
  const { begun, share } = createWork()
  const first = share()
  const second = share()
  begun[0]?.fail(new Error('no room'))
  await assert.rejects(first, /no room/)
  await settled()
  begun[1]?.end('fine')
  assert.equal(await second, 'fine')
  const third = share()
  begun[2]?.end('fine as well')
  assert.equal(await third, 'fine as well')
})
