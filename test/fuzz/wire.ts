import { connect, type Socket } from 'node:net'

/** Sends bytes over a socket of its own and gives what came back once the other side has ended, or after `waitMs` milliseconds. */
export function exchange(port: number, bytes: string | Buffer, { waitMs = 5000, half = false } = {}): Promise<string> {
  return new Promise((done) => {
    const socket: Socket = connect(port, '127.0.0.1')
    let received = ''
    const timer = setTimeout(() => socket.destroy(), waitMs)
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(timer)
      done(received)
    })
    socket.once('connect', () => (half ? socket.end(bytes) : socket.write(bytes)))
  })
}

/** The head of a request, without the empty line that ends it. */
export const head = (line: string, headers: Record<string, string | number> = {}): string =>
  [
    `${line} HTTP/1.1`,
    'host: 127.0.0.1',
    'authorization: Bearer sk_test_wire',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
  ].join('\r\n')

/** Status codes of the answers in a stream of them. */
export const statusesOf = (stream: string): number[] =>
  [...stream.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
