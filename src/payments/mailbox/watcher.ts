import { Worker } from 'node:worker_threads'

/** Looks at a folder without pause, on a thread of its own: a file is half written for less than a millisecond. */
export interface Watcher {
  /** Name of a new `*.json` file that was not whole JSON when it was read; undefined while there was none. */
  torn(): string | undefined
  /** Resolves when the thread has ended. */
  stop(): Promise<void>
}

/** Plain JavaScript in a text, because a thread cannot be started from a TypeScript file in every installation. */
const program = `
const { readdirSync, readFileSync } = require('node:fs')
const { join } = require('node:path')
const { parentPort, workerData } = require('node:worker_threads')
const { folder, flag } = workerData
const list = () => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch {
    return []
  }
}
const whole = new Set(list())
parentPort.postMessage({ ready: true })
const isWhole = (name) => {
  let text
  try {
    text = readFileSync(join(folder, name), 'utf8')
  } catch {
    return undefined
  }
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
while (Atomics.load(flag, 0) === 0) {
  for (const name of list()) {
    if (whole.has(name)) continue
    const found = isWhole(name)
    if (found === true) whole.add(name)
    if (found === false) {
      parentPort.postMessage({ torn: name })
      Atomics.store(flag, 0, 1)
      break
    }
  }
}
`

/** Starts looking; files that are there already are not looked at. */
export async function watchFolder(folder: string): Promise<Watcher> {
  const flag = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(program, { eval: true, workerData: { folder, flag }, execArgv: [] })
  let torn: string | undefined
  const ended = new Promise<void>((done) => worker.once('exit', () => done()))
  await new Promise<void>((ready, failed) => {
    worker.once('error', failed)
    worker.on('message', (message: { torn?: string }) => {
      torn ??= message.torn
      ready()
    })
  })
  return {
    torn: () => torn,
    async stop() {
      Atomics.store(flag, 0, 1)
      await ended
    },
  }
}
