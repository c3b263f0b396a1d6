import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export interface Peer {
  name: string
  /** Program and arguments that make it listen on `port`. */
  command(port: number): { argv: string[]; env?: Record<string, string> }
}

/** The servers a user would pick, and a bare `node:http` server that answers a customer of the same size: the limit. */
export const peers: Peer[] = [
  { name: 'bare node:http', command: (port) => ({ argv: [here('bare.js'), String(port)] }) },
  {
    name: 'gatekit serve',
    command: (port) => ({
      argv: [here('../bin/gatekit.js'), 'serve', '--only', 'stripe', '--port', String(port), '--json'],
    }),
  },
  {
    name: 'emulate 0.11.2',
    command: (port) => ({
      argv: [here('node_modules/emulate/dist/index.js'), 'start', '-s', 'stripe', '-p', String(port)],
    }),
  },
  {
    name: 'stripe-stateful-mock 0.0.16',
    command: (port) => ({
      argv: [here('node_modules/stripe-stateful-mock/dist/cli.js')],
      env: { PORT: String(port), LOG_LEVEL: 'silent' },
    }),
  },
]

export const peersAreInstalled = (): boolean => existsSync(here('node_modules/emulate'))

export interface Running {
  url: string
  pid: number
  /** Milliseconds from spawn to the first answer over HTTP. */
  readyMs: number
  stop(): Promise<void>
}

export async function start(peer: Peer): Promise<Running> {
  const port = await freePort()
  const { argv, env = {} } = peer.command(port)
  const began = performance.now()
  const child = spawn(process.execPath, argv, { stdio: 'ignore', env: { ...process.env, ...env }, cwd: here('.') })
  const url = `http://127.0.0.1:${port}`
  while (performance.now() - began < 30_000) {
    const isUp = await fetch(`${url}/v1/customers?limit=1`, {
      headers: { authorization: 'Bearer sk_test_bench' },
    }).then(
      () => true,
      () => false,
    )
    if (isUp) return { url, pid: child.pid as number, readyMs: performance.now() - began, stop: () => stop(child) }
    if (child.exitCode !== null) throw new Error(`${peer.name} ended with ${child.exitCode}`)
    await new Promise((done) => setTimeout(done, 2))
  }
  throw new Error(`${peer.name} did not answer within 30 s`)
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}
