// `node --import tsx bench/growth.ts [customers]`: whether speed and memory per object stay flat as an account grows, and what searching it costs, without a socket.
import { createStripeSandbox } from '../src/stripe/server.ts'

const most = Number(process.argv[2] ?? 1_000_000)
const sandbox = await createStripeSandbox({ idempotencyWindowMs: 0 })
const headers = { authorization: 'Bearer sk_test_growth', 'content-type': 'application/x-www-form-urlencoded' }
let made = 0
let lastId = ''

async function create(): Promise<void> {
  made++
  const body = Buffer.from(`email=c${made}%40example.test&name=Customer+${made}&metadata%5Border%5D=${made}`)
  const answer = await sandbox.handle({ method: 'POST', url: '/v1/customers', headers, body })
  if (answer.status !== 200) throw new Error(`customer ${made}: ${answer.status} ${String(answer.body).slice(0, 200)}`)
  if (made % 1000 === 0) lastId = JSON.parse(String(answer.body)).id as string
}

const get = async (url: string): Promise<void> => {
  const answer = await sandbox.handle({ method: 'GET', url, headers })
  if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`)
}

const search = (query: string): Promise<void> => get(`/v1/customers/search?query=${encodeURIComponent(query)}`)

/** Microseconds of processor time of one call, over many; those of the collector's threads count too. */
async function cost(times: number, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < times; i++) await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / times
}

/** The median of several batches: one may meet a collection, or a machine that is busy. */
async function typical(times: number, work: () => Promise<void>): Promise<number> {
  const batches: number[] = []
  for (let i = 0; i < 5; i++) batches.push(await cost(times / 5, work))
  return batches.sort((a, b) => a - b)[2]!
}

const row = (cells: (string | number)[]): void => console.log(cells.map((cell) => String(cell).padStart(16)).join(''))
console.log('CPU microseconds a call, in one process without a socket')
row(['customers', 'creating them', 'create', 'read', 'list of 10', 'by e-mail', 'heap bytes each'])
globalThis.gc?.()
const empty = process.memoryUsage().heapUsed
for (const size of [1_000, 10_000, 100_000, 1_000_000].filter((each) => each <= most)) {
  const figures = [
    await cost(size - made, create),
    await typical(2_500, create),
    await typical(2_500, () => get(`/v1/customers/${lastId}`)),
    await typical(2_500, () => get('/v1/customers?limit=10')),
    await typical(2_500, () => get(`/v1/customers?email=c${size - 1}%40example.test`)),
  ]
  // Last, because sweeping up after it goes on in other threads.
  globalThis.gc?.()
  const each = (process.memoryUsage().heapUsed - empty) / made
  row([size, ...figures.map((figure) => figure.toFixed(0)), globalThis.gc ? each.toFixed(0) : 'run with --expose-gc'])
}

console.log('\nSearch, of the fullest account: the first search by a field makes its index')
row(['customers', 'by e-mail, first', 'then', 'by metadata, first', 'then', 'common ~', 'rare ~', 'create'])
const last = made - 1
row(
  [
    String(made),
    await cost(1, () => search(`email:"c${last}@example.test"`)),
    await typical(2_500, () => search(`email:"C${last}@example.test"`)),
    await cost(1, () => search(`metadata["order"]:"${last}"`)),
    await typical(2_500, () => search(`metadata["order"]:"${last}" AND email~"example"`)),
    await typical(2_500, () => search('email~"EXAMPLE"')),
    await typical(5, () => search('name~"customer 1.5"')),
    await typical(2_500, create),
  ].map((figure) => (typeof figure === 'string' ? figure : figure.toFixed(0))),
)
process.exit(0)
