import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { Chalk } from 'chalk'
import { outbox as command } from '../../src/cli/commands/outbox.ts'
import { makeFolder, message, startOutbox } from './support.ts'

async function run(args: string[], options: Record<string, unknown>, cwd: string) {
  const lines: string[] = []
  const print = (line = ''): void => void lines.push(line)
  const json = Boolean(options.json)
  const screen = {
    paint: new Chalk({ level: 0 }),
    isTty: false,
    json,
    quiet: true,
    print,
    say() {},
    complain() {},
    progress() {},
  }
  const code = await command.run({ screen, args, options, cwd, env: {}, signal: new AbortController().signal })
  return { code, text: lines.join('\n') }
}

test('list shows a row per message, oldest first, and never an escape sequence', async (t) => {
  const { outbox, dir, clock } = await startOutbox(t)
  await outbox.put(message)
  clock.advance(1000)
  const { path, entry } = await outbox.put({ ...message, to: 'bob@example.test' })
  await writeFile(path, JSON.stringify({ ...entry, subject: '\u001b[31mred' }))

  const { code, text } = await run(['list'], { dir }, dir)

  assert.equal(code, 0)
  const [head, first, second] = text.split('\n')
  assert.match(head!, /^TIME \(UTC\) +STATE +MODE +TO +TEMPLATE +SUBJECT +ID$/)
  assert.match(first!, /^2026-01-01 00:00:00 {2}put +mock +stage6@example\.com +generic +Stage6 Test/)
  assert.match(second!, /bob@example\.test +generic +\?\[31mred/)
})

test('list --json holds the filtered entries', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  await outbox.put(message, { key: 'a' })
  await outbox.put(message, { key: 'b' })
  await outbox.claim()

  const { text } = await run(['list'], { dir, json: true, state: 'sending' }, dir)

  assert.deepEqual(
    JSON.parse(text).map(({ key }: { key: string }) => key),
    ['a'],
  )
})

test('show takes the path that was handed out', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  const { path, id } = await outbox.put(message)

  assert.equal(JSON.parse((await run(['show', path], { dir }, dir)).text).id, id)
  await assert.rejects(run(['show', 'nothing'], { dir }, dir), { exitCode: 2 })
})

test('verify exits 0 when sound, 1 with the path when not, 3 without a folder', async (t) => {
  const { outbox, dir } = await startOutbox(t)
  const { path } = await outbox.put(message)

  assert.equal((await run(['verify'], { dir }, dir)).code, 0)
  await writeFile(path, '{')
  const { code, text } = await run(['verify'], { dir: '.' }, dir)
  assert.equal(code, 1)
  assert.match(text, new RegExp(`wrong {3}torn .*${outbox.dir.split('/').at(-1)}/.*_generic\\.json`))
  await assert.rejects(run(['verify'], { dir: join(await makeFolder(t), 'none') }, dir), { exitCode: 3 })
})

test('an unknown verb is a usage error', async (t) => {
  const { dir } = await startOutbox(t)

  await assert.rejects(run(['tail'], { dir }, dir), { exitCode: 2 })
})
