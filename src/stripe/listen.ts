import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify'
import { type HttpAnswer, type HttpRequest, jsonAnswer } from './http.ts'
import { listenOnSocket } from './unix-socket.ts'

/** Largest body that is read: Stripe takes files of up to 16 MB. */
const bodyLimit = 20 * 1024 * 1024

export interface ListenOptions {
  /** 0 for a free one. */
  port: number
  host: string
  /** Path of a Unix socket to serve the same on. */
  socketPath?: string
  /** Takes requests for a websocket; they are refused when absent. */
  onUpgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface Listening {
  url: string
  port: number
  close(): Promise<void>
}

/** Serves every method and path through one function; bodies stay bytes. */
export async function listen(
  handle: (request: HttpRequest) => Promise<HttpAnswer>,
  { host, onUpgrade, port, socketPath }: ListenOptions,
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
    requestTimeout: 60_000,
    routerOptions: { maxParamLength: 4096 },
    // A URL with broken percent signs gets an answer in Stripe's form like any other.
    frameworkErrors: (_error, request, reply) => serve(request, reply),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
    const status = error.statusCode ?? 500
    const type = status < 500 ? 'invalid_request_error' : 'api_error'
    send(reply, jsonAnswer(status, { error: { message: error.message, type } }))
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

function send(reply: FastifyReply, { status, headers, body }: HttpAnswer): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .send(typeof body === 'string' ? body : Buffer.from(body))
}
