import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { listenOnSocket } from '../../src/stripe/unix-socket.ts'

const folderOf = (t: TestContext): string => {
  const folder = mkdtempSync(join(tmpdir(), 'socket-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('only its owner may use the socket', async (t) => {
  const path = join(folderOf(t), 'a.sock')

  const server = await listenOnSocket(path, () => {})
  t.after(() => server.close())

  assert.equal(statSync(path).mode & 0o777, 0o600)
})

test('a socket in use and a file that is none are left alone', async (t) => {
  const folder = folderOf(t)
  const file = join(folder, 'notes.txt')
  writeFileSync(file, 'mine')
  const path = join(folder, 'b.sock')
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(path, resolve))
  t.after(() => other.close())

  await assert.rejects(
    listenOnSocket(path, () => {}),
    /another server listens on the socket/,
  )
  await assert.rejects(
    listenOnSocket(file, () => {}),
    /is not a socket/,
  )
  assert.equal(statSync(file).size, 4)
})

test('a socket in a folder that does not exist is an error that says so', async (t) => {
  await assert.rejects(
    listenOnSocket(join(folderOf(t), 'none', 'c.sock'), () => {}),
    /cannot listen on the socket/,
  )
})
