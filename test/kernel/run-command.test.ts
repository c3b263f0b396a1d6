import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCommand } from '../../src/kernel/run-command.ts'
import { createBench } from '../support/check-context.ts'
import { isRunning } from '../support/is-running.ts'

const env = { PATH: process.env.PATH ?? '' }

/** Starts a grandchild that ignores SIGTERM, writes its pid when that is so, and stays itself or goes. */
const family = (parentStays: boolean, options: object = {}): string[] => {
  const grandchild = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')`
  const settings = { stdio: ['ignore', 'pipe', 'inherit'], ...options }
  const then = parentStays ? '' : 'process.exit(0)'
  return [
    process.execPath,
    '-e',
    `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], ${JSON.stringify(settings)})
     child.stdout.once('data', () => { fs.writeFileSync('pid.new', String(child.pid)); fs.renameSync('pid.new', 'pid'); ${then} })
     ${parentStays ? "process.on('SIGTERM', () => {})" : ''}`,
  ]
}

const pidIn = (dir: string): number => Number(readFileSync(join(dir, 'pid'), 'utf8'))

test('on abort the whole group ends, also a grandchild that ignores SIGTERM', async (t) => {
  const { rootDir: cwd } = await createBench(t)
  const stop = new AbortController()
  const events = watch(cwd, { signal: stop.signal })
  const running = runCommand(family(true), { cwd, env, signal: stop.signal, graceMs: 50 })
  for await (const { filename } of events) if (filename === 'pid') break
  assert.equal(isRunning(pidIn(cwd)), true)

  stop.abort()
  const { exitCode, signal } = await running

  assert.deepEqual([exitCode, signal], [undefined, 'SIGKILL'])
  assert.equal(isRunning(pidIn(cwd)), false)
})

test('what a program leaves running in its group is stopped with it', async (t) => {
  const { rootDir: cwd } = await createBench(t)
  const run = await runCommand(family(false), { cwd, env, signal: new AbortController().signal, graceMs: 50 })
  assert.equal(run.exitCode, 0)
  assert.equal(isRunning(pidIn(cwd)), false)
})

test('a process that left the group and holds the output does not hold up the check', async (t) => {
  const { rootDir: cwd } = await createBench(t)
  const run = await runCommand(family(false, { detached: true }), {
    cwd,
    env,
    signal: new AbortController().signal,
    graceMs: 50,
  })
  process.kill(pidIn(cwd), 'SIGKILL')
  assert.equal(run.exitCode, 0)
})
