import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'

export interface TcpServer {
  port: number
  /** Resolves when somebody has connected. */
  visited: Promise<void>
}

/** A server that does with each connection what it is told, by default nothing at all; gone with the test, connections included. */
export async function startTcpServer(
  t: TestContext,
  onSocket: (socket: Socket) => void = () => {},
): Promise<TcpServer> {
  const sockets = new Set<Socket>()
  let visit = () => {}
  const visited = new Promise<void>((done) => {
    visit = done
  })
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onSocket(socket)
    visit()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, visited }
}
