// A sandbox that keeps its data in a folder, until it is killed: prints its URL when it is ready.
import { createStripeServer } from '../../src/stripe/server.ts'

const [dir, compactAfterBytes] = process.argv.slice(2) as [string, string]
const server = await createStripeServer({
  data: { dir, compactAfterBytes: Number(compactAfterBytes) },
  idempotencyWindowMs: 0,
  onBug(error) {
    console.error(error)
    process.exitCode = 1
  },
})
console.log(server.url)
