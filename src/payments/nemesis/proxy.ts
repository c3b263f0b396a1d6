import { connect, createServer, type Socket } from 'node:net'
import { Transform } from 'node:stream'
import { GatekitError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import type { Address } from '../contract/proxy.ts'
import type { StoreProxy } from './types.ts'

/** Stands between the backend and its data store; passes everything on until it is told otherwise. Throws (exit 3) when the port is taken. */
export async function startProxy({ listen, forward }: { listen: Address; forward: Address }): Promise<StoreProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let isCut = false
  let delayMs = 0

  const held = () =>
    new Transform({
      transform(chunk, _, done) {
        if (delayMs === 0) return done(null, chunk)
        setTimeout(() => done(null, chunk), delayMs)
      },
    })

  const server = createServer({ allowHalfOpen: true }, (near) => {
    near.on('error', () => near.destroy())
    if (isCut) return void near.resetAndDestroy()
    const far = connect({ ...forward, allowHalfOpen: true })
    const pair = [near, far] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    far.on('error', end)
    for (const socket of pair) socket.once('close', end)
    near.pipe(held()).pipe(far)
    far.pipe(held()).pipe(near)
  })

  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(listen.port, listen.host, done)
  }).catch((error: NodeJS.ErrnoException) => {
    const title = `the proxy of control.db_proxy cannot listen on ${listen.host}:${listen.port} (${error.code})`
    throw new GatekitError({ title, remedy: 'stop what listens there, or choose another port' }, exitCodes.undecided)
  })
  const address = server.address()

  const cutAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
    pairs.clear()
  }
  return {
    port: typeof address === 'object' && address ? address.port : listen.port,
    get connections() {
      return pairs.size
    },
    cut() {
      isCut = true
      cutAll()
    },
    mend() {
      isCut = false
    },
    delay(ms) {
      delayMs = ms
    },
    async close() {
      cutAll()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
