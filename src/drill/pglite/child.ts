/**
 * PGlite in a process of its own: it blocks the event loop while a statement runs, for ever in some cases, so whoever waits for it must be
 * able to kill it. Speaks PostgreSQL's wire protocol on file descriptor 3, one session, COPY included.
 */
import { createReadStream, writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Extensions } from '@electric-sql/pglite'
import { PGlite } from '@electric-sql/pglite'
import { type Copy, createCopy } from './child-copy.ts'
import { answers, createSplitter, type Frame } from './child-frames.ts'

const wire = 3
const { dataDir, extensions } = JSON.parse(process.argv[2] ?? '{}') as { dataDir: string; extensions: string[] }

// Whoever started this may be killed while a statement runs: only another thread can notice then.
new Worker(
  `const parent = process.ppid; setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL') }, 250)`,
  { eval: true },
).unref()

const loaded: Extensions = {}
for (const name of extensions) {
  const file = name.replaceAll('-', '_')
  const module: Record<string, unknown> = await import(`@electric-sql/pglite/contrib/${file}`).catch(() => ({}))
  const extension = module[file]
  if (extension) loaded[file] = extension as Extensions[string]
}

const engine = await PGlite.create(`file://${dataDir}`, { extensions: loaded })

/** Blocking, so that a reader who is slow slows the engine down instead of filling memory. */
function send(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(wire, bytes, at, bytes.length - at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    }
  }
}

let copy: Copy | undefined
let extended: Uint8Array[] = []

async function handle({ type, bytes, body }: Frame): Promise<void> {
  if (copy) {
    const isOver = await copy.take(type, body)
    if (isOver) copy = undefined
    return
  }
  if (type === 'startup') return send(answers.welcome)
  if (type === 'X') return
  if (type === 'Q') {
    const sql = body.subarray(0, -1).toString()
    copy = createCopy(engine, sql, send)
    if (copy) return
    return run(bytes)
  }
  extended.push(bytes)
  if (type !== 'S') return
  const batch = Buffer.concat(extended)
  extended = []
  await run(batch)
}

async function run(message: Uint8Array): Promise<void> {
  await engine.execProtocolRawStream(message, { syncToFs: false, onRawData: send })
}

const frames = createSplitter()
for await (const chunk of createReadStream('', { fd: wire, autoClose: false, highWaterMark: 1 << 20 })) {
  for (const frame of frames.split(chunk as Buffer)) await handle(frame)
}
await engine.close()
