import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { CliSessions, Session } from './service.ts'

/** Longest message that is read; the tool cuts the answers it reports at 5,000 characters. */
const maxPayload = 256 * 1024

export interface CliSocket {
  /** Takes an HTTP upgrade: the websocket of a session that `Websocket-Id` names. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>
  close(): void
}

/** The websockets behind the sessions; `ws` is loaded when the first one comes. */
export function createCliSocket(sessions: CliSessions): CliSocket {
  const open = new Set<WebSocket>()

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy())
    const id = request.headers['websocket-id']
    const session = typeof id === 'string' ? sessions.find(id) : undefined
    if (!session) return refuse(socket)
    const { WebSocketServer } = await import('ws')
    const server = new WebSocketServer({ noServer: true, maxPayload, clientTracking: false })
    server.handleUpgrade(request, socket, head, (websocket) => attach(session, websocket))
  }

  function attach(session: Session, websocket: WebSocket): void {
    open.add(websocket)
    const send = (text: string): void => websocket.send(text, () => {})
    session.send = send
    websocket.on('message', (data) => sessions.receive(session, String(data)))
    websocket.on('error', () => websocket.terminate())
    websocket.on('close', () => {
      open.delete(websocket)
      // The tool reconnects with the same session: only the newest websocket counts.
      if (session.send === send) delete session.send
    })
  }

  return {
    upgrade,
    close() {
      for (const websocket of open) websocket.terminate()
    },
  }
}

/** The tool opens a new session when it reads exactly this message: after a restart of the sandbox, for instance. */
function refuse(socket: Duplex): void {
  const body = JSON.stringify({ error: { message: 'Unknown WebSocket ID.' } })
  socket.end(
    'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: application/json\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
