// `node --expose-gc --import tsx bench/memory.ts [customers]`: what a stored customer costs, with its event, its index entries and the journal.
import { createStripeSandbox } from '../src/stripe/server.ts'

const customers = Number(process.argv[2] ?? 100_000)
const { gc } = globalThis
if (!gc) throw new Error('run it with --expose-gc')

/** Heap and RSS after everything that can go has gone. */
function measure(): { heap: number; rss: number } {
  gc?.()
  gc?.()
  const { external, heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed + external, rss }
}

const sandbox = await createStripeSandbox({ idempotencyWindowMs: 0 })
async function create(at: number): Promise<void> {
  const answer = await sandbox.handle({
    method: 'POST',
    url: '/v1/customers',
    headers: { authorization: 'Bearer sk_test_memory', 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(`email=user${at}%40example.test&name=Bench+Person&metadata%5Border%5D=${at}`),
  })
  if (answer.status !== 200) throw new Error(String(answer.body))
}

for (let at = 0; at < 12_000; at++) await create(at)
const before = measure()
const cpu = process.cpuUsage()
for (let at = 0; at < customers; at++) await create(12_000 + at)
const used = process.cpuUsage(cpu)
const after = measure()
const each = (bytes: number): string => (bytes / customers).toFixed(0)

console.log(`customers            ${customers} (and as many events)`)
console.log(`heap per customer    ${each(after.heap - before.heap)} bytes`)
console.log(`RSS per customer     ${each(after.rss - before.rss)} bytes`)
console.log(`RSS at the end       ${(after.rss / 1e6).toFixed(0)} MB`)
console.log(`CPU per create       ${((used.user + used.system) / customers).toFixed(0)} us`)
