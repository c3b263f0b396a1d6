import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { realDisk } from '../../src/outbox/disk.ts'
import { openOutbox } from '../../src/outbox/outbox.ts'
import { makeFolder } from './support.ts'

const child = fileURLToPath(new URL('./put-child.ts', import.meta.url))

const start = (...args: (string | number)[]): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', child, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] })

/** The lines a child says; `onLine` sees each as it comes. */
async function linesOf(
  process: ChildProcess,
  onLine: (line: string, count: number) => void = () => {},
): Promise<string[]> {
  const lines: string[] = []
  const reader = createInterface({ input: process.stdout! })
  reader.on('line', (line) => {
    lines.push(line)
    onLine(line, lines.length)
  })
  await Promise.all([once(process, 'exit'), once(reader, 'close')])
  return lines
}

test('four processes that put the same 2,000 keys leave 2,000 entries', async (t) => {
  const dir = join(await makeFolder(t), 'outbox')

  const answers = await Promise.all([1, 2, 3, 4].map(() => linesOf(start(dir, 2000))))

  const all = answers.flat().filter((line) => line !== 'ready')
  assert.equal(all.length, 8000)
  assert.equal(all.filter((line) => line.includes(' won ')).length, 2000)
  const pathsOfKey = new Set(all.map((line) => line.replace(/ (won|replayed) /, ' ')))
  assert.equal(pathsOfKey.size, 2000, 'every process was told the same path for a key')
  assert.equal((await readdir(dir)).filter((name) => name.endsWith('.json')).length, 2000)
  const outbox = await openOutbox(dir)
  assert.deepEqual(await outbox.verify(), { entries: 2000, first: 0, problems: [] })
})

test('a writer killed at any point leaves no torn file, loses nothing it confirmed and repeats nothing', async (t) => {
  const dir = join(await makeFolder(t), 'outbox')
  const confirmed = new Map<string, string>()
  let killed = 0

  for (let round = 0; round < 24; round++) {
    const process = start(dir, 1000, 100_000, 4, round * 10)
    // Killed a varying number of microtask turns after a varying number of lines: in writes, between links, in clean-up.
    const deathAt = 2 + ((round * 7) % 23)
    const lines = await linesOf(process, (_, count) => {
      if (count < deathAt || process.killed) return
      for (let turn = 0; turn < (round * 7919) % 500_000; turn++);
      process.kill('SIGKILL')
    })
    if (process.signalCode === 'SIGKILL') killed++
    for (const line of lines) {
      const [key, , path] = line.split(' ')
      if (!key || !path) continue
      assert.equal(confirmed.get(key) ?? path, path, 'a key keeps its path')
      confirmed.set(key, path)
    }
    for (const name of await readdir(dir)) {
      if (name.endsWith('.json')) JSON.parse(await readFile(join(dir, name), 'utf8'))
    }
  }

  assert.ok(killed >= 20, `${killed} of 24 were killed in the middle`)
  for (const path of confirmed.values()) JSON.parse(await readFile(path, 'utf8'))
  const disk = { ...realDisk, age: async () => 3_600_000 }
  const outbox = await openOutbox(dir, { disk })
  const { problems } = await outbox.verify({ heal: true })
  assert.deepEqual(
    problems.filter(({ healed }) => !healed),
    [],
  )
  assert.deepEqual((await outbox.verify()).problems, [])
  const keys = (await outbox.list()).map(({ key }) => key)
  assert.equal(new Set(keys).size, keys.length)
  t.diagnostic(`${killed} kills, ${keys.length} entries, healed: ${problems.map(({ kind }) => kind).join(', ')}`)
})
