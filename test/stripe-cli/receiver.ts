import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'

export interface Received {
  path: string
  signature: string
  body: string
}

export interface Receiver {
  url: string
  /** The first request that fits, now or within twenty seconds. */
  find(fits: (received: Received) => boolean): Promise<Received>
  /** Everything that came to a path so far. */
  at(path: string): readonly Received[]
}

/** An application's webhook endpoint that answers 200 and remembers. */
export async function startReceiver(context: TestContext): Promise<Receiver> {
  const all: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      all.push({ path: request.url ?? '', signature: String(request.headers['stripe-signature'] ?? ''), body })
      response.end('taken')
      for (const look of waiting) look()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    at: (path) => all.filter((received) => received.path === path),
    find: (fits) =>
      new Promise((resolve, reject) => {
        const settle = (done: () => void) => {
          clearTimeout(timer)
          waiting.delete(look)
          done()
        }
        const look = () => {
          const found = all.find(fits)
          if (found) settle(() => resolve(found))
        }
        const timer = setTimeout(() => settle(() => reject(new Error('nothing that fits came within 20 s'))), 20_000)
        waiting.add(look)
        look()
      }),
  }
}
