import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { mailFiles, strayFiles } from '../../../src/payments/mailbox/folder.ts'
import { watchFolder } from '../../../src/payments/mailbox/watcher.ts'
import { until } from '../../support/until.ts'

function folderOf(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'gatekit-mailbox-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('files with the word are strays outside the mail folder, not in it', async (t) => {
  const dir = folderOf(t)
  const folder = join(dir, 'qa', 'outbox')
  await mkdir(join(folder, 'deep'), { recursive: true })
  await writeFile(join(folder, '1_word.json'), '{}')
  await writeFile(join(folder, 'deep', 'word'), '')
  await writeFile(join(dir, 'other'), '')

  assert.deepEqual(strayFiles('word', { folder, dir, others: [] }), [])
  await writeFile(join(dir, 'word.json'), '')
  await writeFile(join(dir, 'qa', 'a-word-b'), '')
  assert.deepEqual(strayFiles('word', { folder, dir, others: [] }).sort(), [
    join(dir, 'qa', 'a-word-b'),
    join(dir, 'word.json'),
  ])
})

test('only whole names ending in .json are mails, and a folder that is not there has none', async (t) => {
  const dir = folderOf(t)
  await writeFile(join(dir, 'a.json'), '{}')
  await writeFile(join(dir, 'a.json.tmp'), '')

  assert.deepEqual(mailFiles(dir), ['a.json'])
  assert.deepEqual(mailFiles(join(dir, 'none')), [])
})

test('a half-written file is noticed, one that appears whole is not', async (t) => {
  const dir = folderOf(t)
  await writeFile(join(dir, 'old.json'), '{"half')
  const watcher = await watchFolder(dir)
  await writeFile(join(dir, 'new.tmp'), '{"whole":1}')
  await rename(join(dir, 'new.tmp'), join(dir, 'new.json'))
  assert.equal(watcher.torn(), undefined)

  await writeFile(join(dir, 'half.json'), '{"half')
  await until(() => watcher.torn() !== undefined)

  await watcher.stop()
  assert.equal(watcher.torn(), 'half.json')
})
