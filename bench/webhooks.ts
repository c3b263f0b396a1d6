// `node --import tsx bench/webhooks.ts [events]`: signed deliveries a second to a receiver in another process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createStripeServer } from '../src/stripe/server.ts'

const events = Number(process.argv[2] ?? 10_000)
const receiver = spawn(process.execPath, [
  '-e',
  `let n = 0
   const server = require('node:http').createServer((request, answer) => { request.resume(); request.on('end', () => { n++; answer.end('ok') }) })
   server.listen(0, '127.0.0.1', () => console.log(server.address().port))
   process.on('SIGTERM', () => { console.log(n); process.exit(0) })`,
])
receiver.stdout.setEncoding('utf8')
const [port] = (await once(receiver.stdout, 'data')) as [string]
const server = await createStripeServer({ port: 0 })
const headers = { authorization: 'Bearer sk_test_hooks', 'content-type': 'application/x-www-form-urlencoded' }
const post = (url: string, form: string) => server.handle({ method: 'POST', url, headers, body: Buffer.from(form) })

await post(
  '/v1/webhook_endpoints',
  `url=${encodeURIComponent(`http://127.0.0.1:${port.trim()}/`)}&enabled_events[0]=customer.created`,
)
const began = performance.now()
for (let i = 0; i < events; i++) await post('/v1/customers', `email=c${i}%40example.test`)
await server.webhooks.idle()
const seconds = (performance.now() - began) / 1000
receiver.kill('SIGTERM')
const [received] = (await once(receiver.stdout, 'data')) as [string]
console.log(
  `${received.trim()} of ${events} events delivered in ${seconds.toFixed(1)} s: ${(Number(received) / seconds).toFixed(0)} a second, creating them included`,
)
await server.close()
process.exit(0)
