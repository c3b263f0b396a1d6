import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Disk, realDisk, shareSyncs } from '../../src/outbox/disk.ts'
import { openOutbox } from '../../src/outbox/outbox.ts'
import { makeFolder, message, startOutbox } from './support.ts'

const broken = (code: string): NodeJS.ErrnoException => Object.assign(new Error(`${code}: no`), { code })

/** The real disk until call number `at` of `step`, which fails; a failing write leaves half a file behind, as a full disk does. */
function faultyDisk(step: 'write' | 'link', at: number, code: string): Disk {
  let calls = 0
  const fails = (): boolean => ++calls === at
  return {
    ...realDisk,
    async write(path, text) {
      if (step !== 'write' || !fails()) return realDisk.write(path, text)
      await realDisk.write(path, text.slice(0, text.length / 2))
      throw broken(code)
    },
    async link(existing, name) {
      if (step === 'link' && fails()) throw broken(code)
      return realDisk.link(existing, name)
    },
  }
}

const everyFile = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { recursive: true, withFileTypes: true })).filter((each) => each.isFile()).map(({ name }) => name)

for (const [step, at] of [
  ['write', 1],
  ['link', 1],
  ['link', 2],
] as const) {
  test(`a disk that is full at ${step} ${at} leaves nothing, says so, and the message can be put afterwards`, async (t) => {
    const { outbox, dir } = await startOutbox(t, { disk: faultyDisk(step, at, 'ENOSPC') })

    await assert.rejects(outbox.put(message, { key: 'k' }), {
      code: 'E_STORAGE',
      message: `outbox ${dir}: the disk is full`,
    })
    assert.deepEqual(await everyFile(dir), [])

    assert.equal((await outbox.put(message, { key: 'k' })).replayed, false)
    assert.equal((await everyFile(dir)).length, 2)
  })
}

test('a claim that cannot be recorded is not given out', async (t) => {
  const { outbox, dir } = await startOutbox(t, { disk: faultyDisk('write', 2, 'EIO') })
  await outbox.put(message)

  await assert.rejects(outbox.claim(), { code: 'E_STORAGE', message: `outbox ${dir}: the file system answered EIO` })

  assert.equal((await outbox.claim())?.attempt, 1)
})

test('a folder that may not be written to is one clear error', async (t) => {
  const dir = join(await makeFolder(t), 'outbox')
  await openOutbox(dir)
  const folders = (await readdir(dir, { recursive: true })).map((name) => join(dir, name))
  for (const folder of [...folders, dir]) await chmod(folder, 0o555)

  const { stdout } = await putAsNobody(dir)

  assert.match(stdout, /^E_STORAGE outbox .*: it may not be written to/)
  assert.deepEqual(await everyFile(dir), [])
})

test('an outbox path that runs through a file is one clear error', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  const { path } = await outbox.put(message)

  await assert.rejects(openOutbox(`${path}/outbox`), { code: 'E_STORAGE', message: /something in its path is a file/ })
  await assert.rejects(openOutbox(path), { code: 'E_STORAGE' })
  assert.equal((await everyFile(dir)).length, 1)
})

test('callers that come while a sync runs share one more', async () => {
  let calls = 0
  const release: (() => void)[] = []
  const disk = {
    ...realDisk,
    sync: () => {
      calls++
      return new Promise<void>((done) => release.push(done))
    },
  }
  const sync = shareSyncs(disk)
  const first = sync('a')
  const others = Promise.all([sync('a'), sync('a'), sync('a')])

  release.shift()?.()
  await first
  await new Promise(setImmediate)
  assert.equal(calls, 2)
  release.shift()?.()
  await others
})

/** Runs one put as a user without rights; root would be allowed everything. */
async function putAsNobody(dir: string): Promise<{ stdout: string }> {
  const outbox = fileURLToPath(new URL('../../src/outbox/outbox.ts', import.meta.url))
  const script = `
    const { existingOutbox } = await import(${JSON.stringify(outbox)})
    if (process.getuid() === 0) { process.setgroups([]); process.setgid(65534); process.setuid(65534) }
    const message = ${JSON.stringify(message)}
    await existingOutbox(${JSON.stringify(dir)}).put(message).then(() => console.log('put'), (e) => console.log(e.code, e.message))`
  return new Promise((done, failed) =>
    execFile(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], (error, stdout) =>
      error ? failed(error) : done({ stdout }),
    ),
  )
}
