import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What pgbouncer lets a client say at the beginning; it turns away whoever says more. */
const known = ['user', 'database', 'client_encoding', 'application_name', 'DateStyle', 'TimeZone']

/** A message of PostgreSQL's protocol. */
function message(type: string, ...parts: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\0`) : part)))
  const head = Buffer.alloc(type.length + 4)
  head.write(type)
  head.writeUInt32BE(body.length + 4, type.length)
  return Buffer.concat([head, body])
}

const ready = message('Z', Buffer.from('I'))
const greeting = Buffer.concat([message('R', Buffer.alloc(4)), message('S', 'client_encoding', 'UTF8'), ready])
const ended = Buffer.from(ready)

/**
 * A stand-in for a pooler in transaction mode, as strict as one can be: it greets clients itself, and each transaction has a session of its
 * own at the server, so that nothing said in one counts in the next. For servers that ask for no password.
 */
export async function startPooler(serverPort: number): Promise<{ port: number; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    return socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  }
  const server = createServer((client) => {
    let startup: Buffer | undefined
    let session: Socket | undefined
    keep(client).on('data', (chunk: Buffer) => {
      if (startup) {
        session ??= keep(openSession(serverPort, startup, client, () => (session = undefined)))
        return void session.write(chunk)
      }
      const names = chunk.toString('latin1', 8).split('\0')
      const odd = names.find((name, at) => at % 2 === 0 && name && !known.includes(name))
      if (odd) return void client.end(message('E', 'SFATAL', 'C08P01', `Munsupported startup parameter: ${odd}`, ''))
      startup = chunk
      client.write(greeting)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}

/** A session for one transaction: what the server says before it is ready is for us, what it says until it is ready again is the answer. */
function openSession(port: number, startup: Buffer, client: Socket, onEnd: () => void): Socket {
  const session = connect(port, '127.0.0.1')
  session.write(startup)
  let isReady = false
  let said = Buffer.alloc(0)
  return session.on('data', (chunk: Buffer) => {
    said = Buffer.concat([said, chunk])
    if (!isReady) {
      const at = said.indexOf(ended)
      if (at < 0) return
      isReady = true
      said = said.subarray(at + ended.length)
    }
    client.write(said)
    if (said.subarray(-ended.length).equals(ended)) {
      session.end()
      onEnd()
    }
    said = Buffer.alloc(0)
  })
}
