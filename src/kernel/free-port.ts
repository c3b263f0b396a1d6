import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 that was free a moment ago, with the `count - 1` after it, for servers that cannot choose one themselves. Below the
 * range that systems hand out to outgoing connections: one of these could take it before the server does.
 */
export async function freePort(count = 1): Promise<number> {
  for (;;) {
    const first = 10_000 + count * Math.floor((Math.random() * 20_000) / count)
    const free = await Promise.all(Array.from({ length: count }, (_, at) => isFree(first + at)))
    if (!free.includes(false)) return first
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
