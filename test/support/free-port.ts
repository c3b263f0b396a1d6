import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 that was free a moment ago, for servers that cannot choose one themselves. Below the range that systems hand out
 * to outgoing connections: one of these could take it before the server does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000)
    if (await isFree(port)) return port
  }
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
