import type { IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { type HttpAnswer, type HttpRequest, jsonAnswer } from './http.ts'
import { listenOnSocket } from './unix-socket.ts'

/** Largest body that is read: Stripe takes files of up to 16 MB. */
export const bodyLimit = 20 * 1024 * 1024

/** Largest head of a request, in bytes. */
const headLimit = 32 * 1024

export interface ListenOptions {
  /** 0 for a free one. */
  port: number
  host: string
  /** Path of a Unix socket to serve the same on. */
  socketPath?: string
  patience?: Patience
  /** Takes requests for a websocket; they are refused when absent. */
  onUpgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** How long a client may take, in milliseconds, to send the head of a request, and all of it. */
export interface Patience {
  headMs: number
  requestMs: number
}

const patience: Patience = { headMs: 20_000, requestMs: 60_000 }

export interface Listening {
  url: string
  port: number
  close(): Promise<void>
}

/** Serves every method and path through one function; bodies stay bytes. */
export async function listen(
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  { host, onUpgrade, patience: { headMs, requestMs } = patience, port, socketPath }: ListenOptions,
): Promise<Listening> {
  const serve = async (request: FastifyRequest, reply: FastifyReply) => {
    const { method, url, headers } = request
    const { body } = request
    const answer = await handle({ method, url, headers, ...(body instanceof Uint8Array && { body }) })
    if (!answer.isDropped) return send(reply, answer)
    request.raw.socket.destroy()
    return reply.hijack()
  }
  const app = Fastify({
    bodyLimit,
    forceCloseConnections: true,
    keepAliveTimeout: 30_000,
    requestTimeout: requestMs,
    // Node looks only every 30 s unless told otherwise.
    http: { headersTimeout: headMs, connectionsCheckingInterval: headMs / 4, maxHeaderSize: headLimit },
    clientErrorHandler: refuseUnread,
    routerOptions: { maxParamLength: 4096 },
    // A URL with broken percent signs gets an answer in Stripe's form like any other.
    frameworkErrors: (_error, request, reply) => serve(request, reply),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    send(reply, refusal(error.statusCode ?? 500, error.message))
  })
  app.all('/*', serve)
  app.setNotFoundHandler(serve)
  await app.listen({ host, port })
  const local = socketPath === undefined ? undefined : await listenOnSocket(socketPath, app.routing)
  if (onUpgrade) for (const server of [app.server, local]) server?.on('upgrade', onUpgrade)
  const address = app.server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    async close() {
      local?.close()
      local?.closeAllConnections()
      await app.close()
    },
  }
}

const refusal = (status: number, message: string): HttpAnswer =>
  jsonAnswer(status, { error: { message, type: status < 500 ? 'invalid_request_error' : 'api_error' } })

/** What cannot be read as a request gets an answer in Stripe's form as long as somebody is there to read it, and the line is cut. */
function refuseUnread(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, reason] = unread[error.code ?? ''] ?? [400, 'Bad Request']
  const { body } = refusal(status, `The request could not be read: ${reason}.`)
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}

const unread: Record<string, [status: number, reason: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
}

function send(reply: FastifyReply, { status, headers, body }: HttpAnswer): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send(typeof body === 'string' ? body : Buffer.from(body))
}
