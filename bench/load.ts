// A load generator in a process of its own, so that it does not share the server's thread: prints one line of JSON.
import { Pool } from 'undici'

interface Job {
  url: string
  /** Both sides run this long before anything counts: what is measured is the rate that they keep up. */
  warmUpSeconds: number
  seconds: number
  connections: number
  method: 'GET' | 'POST'
  path: string
  body?: string
}

const job = JSON.parse(process.argv[2] as string) as Job
const pool = new Pool(job.url, { connections: job.connections, pipelining: 1 })
const headers = { authorization: 'Bearer sk_test_bench', 'content-type': 'application/x-www-form-urlencoded' }
const start = performance.now() + job.warmUpSeconds * 1000
const deadline = start + job.seconds * 1000
const latencies: number[] = []
let requests = 0
let failures = 0

async function worker(): Promise<void> {
  while (performance.now() < deadline) {
    const began = performance.now()
    const answer = await pool.request({
      method: job.method,
      path: job.path,
      headers,
      ...(job.body && { body: job.body }),
    })
    await answer.body.text()
    requests++
    if (answer.statusCode >= 300) failures++
    if (began >= start) latencies.push(performance.now() - began)
  }
}

await Promise.all(Array.from({ length: job.connections }, worker))
await pool.close()
latencies.sort((a, b) => a - b)
const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0
console.log(
  JSON.stringify({ requests, perSecond: latencies.length / job.seconds, p50: at(0.5), p99: at(0.99), failures }),
)
