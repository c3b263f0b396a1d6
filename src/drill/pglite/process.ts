import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { builtEntry } from '../../kernel/built-entry.ts'
import { packageFile } from '../../kernel/package.ts'

export interface PgliteProcess {
  pid: number
  /** The wire of the one session, as `pg` wants a stream. */
  stream: Duplex
  isRunning(): boolean
  stop(): Promise<void>
}

/** Starts PGlite on a data folder. Nothing of it outlives this process: it watches who started it. */
export async function startPglite(dataDir: string, extensions: readonly string[]): Promise<PgliteProcess> {
  const child = spawn(process.execPath, [...entry(), JSON.stringify({ dataDir, extensions })], {
    cwd: packageFile('.'),
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  await once(child, 'spawn')
  const stream = child.stdio[3] as Socket
  // `pg` connects the streams it is given; this one is.
  stream.connect = (() => {
    process.nextTick(() => stream.emit('connect'))
    return stream
  }) as Socket['connect']
  return {
    pid: child.pid as number,
    stream,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop: () => end(child),
  }
}

/** From the bundle its own entry, from the sources through tsx. */
function entry(): string[] {
  const built = builtEntry(import.meta.url, 'pglite-child.js')
  return built ? [built] : ['--import', 'tsx', packageFile('src/drill/pglite/child.ts')]
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  // It may be in the middle of a statement that never ends, and its data are thrown away: no reason to ask politely.
  child.kill('SIGKILL')
  await gone
}
