// `npm run bench`: start-up, the stage6 gate, and sandbox throughput beside the peers, all in one run, with ratios.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { peers, peersAreInstalled, type Running, start } from './servers.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const seconds = Number(process.env.BENCH_SECONDS ?? 3)
const rounds = Number(process.env.BENCH_ROUNDS ?? 3)
const pace = { warmUpSeconds: Number(process.env.BENCH_WARM_UP ?? 1), seconds }

if (!peersAreInstalled()) {
  console.log('installing the peers into bench/node_modules (npm ci --prefix bench) …')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: here('.'), stdio: 'inherit' })
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const row = (cells: (string | number)[]): void =>
  console.log(cells.map((cell, i) => (i ? String(cell).padStart(15) : String(cell).padEnd(30))).join(' '))

/** Milliseconds of a whole process, the median of several. */
function timeCommand(argv: string[], cwd: string): number {
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now()
    const ended = spawnSync(process.execPath, argv, { cwd, stdio: 'ignore', env: { ...process.env, NO_COLOR: '1' } })
    if (ended.status !== 0) throw new Error(`${argv.join(' ')} ended with ${ended.status}`)
    return performance.now() - began
  })
  return median(times)
}

function load(
  server: Running,
  job: { method: 'GET' | 'POST'; path: string; body?: string },
): { perSecond: number; p99: number; cpu: number; failures: number } {
  const before = cpuSeconds(server.pid)
  const text = execFileSync(
    process.execPath,
    ['--import', 'tsx', here('load.ts'), JSON.stringify({ url: server.url, ...pace, connections: 16, ...job })],
    { encoding: 'utf8' },
  )
  const result = JSON.parse(text) as { requests: number; perSecond: number; p99: number; failures: number }
  return { ...result, cpu: ((cpuSeconds(server.pid) - before) * 1e6) / result.requests }
}

/** Processor time of a process so far, user and system (proc(5), fields 14 and 15, in ticks of 10 ms). */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const rssMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

console.log('\nCommands, whole process, median of 5 (ms)')
const folder = mkdtempSync(join(tmpdir(), 'gatekit-bench-'))
const bare = timeCommand(['-e', '0'], folder)
const bin = here('../bin/gatekit.js')
timeCommand([bin, 'stage6'], folder)
for (const [name, argv] of [
  ['node -e 0', ['-e', '0']],
  ['gatekit --help', [bin, '--help']],
  ['gatekit --version', [bin, '--version']],
  ['gatekit stage6 (embedded)', [bin, 'stage6']],
] as const) {
  const ms = timeCommand([...argv], folder)
  row([name, ms.toFixed(0), `${(ms / bare).toFixed(1)}x node`])
}
rmSync(folder, { recursive: true, force: true })

console.log(
  `\nServers: 16 connections, ${seconds} s a round after ${pace.warmUpSeconds} s to warm up, median of ${rounds} interleaved rounds; CPU microseconds a request in brackets`,
)
row(['server', 'ready ms', 'idle MB', 'POST /s', 'GET /s', 'list /s', 'p99 POST ms'])
const customer = 'email=bench%40example.test&name=Bench+Person&metadata%5Border%5D=1'
type Figures = {
  ready: number
  idle: number
  post: number
  postCpu: number
  get: number
  getCpu: number
  list: number
  p99: number
  failures: number
}
const figures = new Map<string, Figures[]>(peers.map((peer) => [peer.name, []]))
for (let round = 0; round < rounds; round++) {
  for (const peer of peers) {
    const server = await start(peer)
    const idle = rssMb(server.pid)
    const made = await fetch(`${server.url}/v1/customers`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_bench' },
      body: new URLSearchParams(customer),
    })
    const { id } = (await made.json()) as { id: string }
    const post = load(server, { method: 'POST', path: '/v1/customers', body: customer })
    const get = load(server, { method: 'GET', path: `/v1/customers/${id}` })
    const list = load(server, { method: 'GET', path: '/v1/customers?limit=10' })
    await server.stop()
    figures.get(peer.name)?.push({
      ready: server.readyMs,
      idle,
      post: post.perSecond,
      postCpu: post.cpu,
      get: get.perSecond,
      getCpu: get.cpu,
      list: list.perSecond,
      p99: post.p99,
      failures: post.failures + get.failures + list.failures,
    })
  }
}
const of = (name: string, key: keyof Figures): number => median((figures.get(name) ?? []).map((each) => each[key]))
for (const { name } of peers) {
  row([
    name,
    of(name, 'ready').toFixed(0),
    of(name, 'idle').toFixed(0),
    `${of(name, 'post').toFixed(0)} [${of(name, 'postCpu').toFixed(0)}]`,
    `${of(name, 'get').toFixed(0)} [${of(name, 'getCpu').toFixed(0)}]`,
    of(name, 'list').toFixed(0),
    of(name, 'p99').toFixed(1),
  ])
  if (of(name, 'failures') > 0) console.log(`   of ${name}'s answers ${of(name, 'failures')} were not 2xx`)
}
console.log('\nRatios: gatekit to each')
for (const { name } of peers.filter((peer) => peer.name !== 'gatekit serve')) {
  const ratio = (key: keyof Figures): string => `${(of('gatekit serve', key) / of(name, key)).toFixed(2)}x`
  row([
    name,
    `ready ${ratio('ready')}`,
    `idle ${ratio('idle')}`,
    `POST ${ratio('post')}`,
    `GET ${ratio('get')}`,
    `list ${ratio('list')}`,
  ])
}
