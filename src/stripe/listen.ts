import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type HttpAnswer, type HttpRequest, jsonAnswer } from './http.ts'
import { takePlainRequests } from './plain-connections.ts'
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

/** How long a connection stays open without a request, in milliseconds. */
const idleMs = 30_000

export interface Listening {
  url: string
  port: number
  close(): Promise<void>
}

/** Serves every method and path through one function, which may throw; bodies stay bytes. */
export async function listen(
  answerOf: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>,
  { host, onUpgrade, patience: { headMs, requestMs } = patience, port, socketPath }: ListenOptions,
): Promise<Listening> {
  const sendSoon = createSender()
  const handle = (request: HttpRequest, send: (answer: HttpAnswer) => void): void => {
    const fail = (error: Error): void => sendSoon(send, refusal(500, error.message))
    try {
      const answer = answerOf(request)
      if (answer instanceof Promise) answer.then((answer) => sendSoon(send, answer), fail)
      else sendSoon(send, answer)
    } catch (error) {
      fail(error as Error)
    }
  }
  const serve = (request: IncomingMessage, response: ServerResponse): void =>
    receive(request, response, (body) => {
      const { method = '', url = '', headers } = request
      handle(body ? { method, url, headers, body } : { method, url, headers }, (answer) => send(response, answer))
    })
  const options = {
    keepAliveTimeout: idleMs,
    requestTimeout: requestMs,
    headersTimeout: headMs,
    // Node looks only every 30 s unless told otherwise.
    connectionsCheckingInterval: headMs / 4,
    maxHeaderSize: headLimit,
  }
  const server = createServer(options, serve).on('clientError', refuseUnread)
  const cutPlain = takePlainRequests(server, { handle, refuseSilent, headMs, idleMs })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const local = socketPath === undefined ? undefined : await listenOnSocket(socketPath, serve)
  if (onUpgrade) for (const each of [server, local]) each?.on('upgrade', onUpgrade)
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return {
    url: `http://${name}:${address.port}`,
    port: address.port,
    async close() {
      const closed = server.listening ? once(server, 'close') : undefined
      cutPlain()
      for (const each of [local, server]) {
        each?.close()
        each?.closeAllConnections()
      }
      await closed
    },
  }
}

/** Calls `done` with the whole body, where a method has one; never for a client that hangs up before. Answers 413 to too much itself. */
function receive(request: IncomingMessage, response: ServerResponse, done: (body?: Uint8Array) => void): void {
  if (request.method === 'GET' || request.method === 'HEAD') return void done()
  const tooLarge = () => send(response.setHeader('connection', 'close'), refusal(413, 'Request body is too large'))
  if (Number(request.headers['content-length']) > bodyLimit) return void tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  const take = (chunk: Buffer): void => {
    size += chunk.length
    chunks.push(chunk)
    if (size <= bodyLimit) return
    request.off('data', take).off('end', end)
    tooLarge()
  }
  const end = () => done(chunks.length < 2 ? chunks[0] : Buffer.concat(chunks, size))
  // A client that hangs up is nobody to answer.
  request
    .on('data', take)
    .on('end', end)
    .on('error', () => {})
}

const refusal = (status: number, message: string): HttpAnswer =>
  jsonAnswer(status, { error: { message, type: status < 500 ? 'invalid_request_error' : 'api_error' } })

const refuseSilent = (socket: Socket): void =>
  refuseUnread(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket)

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

/**
 * Answers that are ready in one turn of the event loop leave together at its end: each write may have to wake a reader that sleeps,
 * and the first one wakes it for all.
 */
function createSender(): (send: (answer: HttpAnswer) => void, answer: HttpAnswer) => void {
  let ready: [(answer: HttpAnswer) => void, HttpAnswer][] = []
  const flush = (): void => {
    const leaving = ready
    ready = []
    for (const [send, answer] of leaving) send(answer)
  }
  return (send, answer) => {
    if (ready.push([send, answer]) === 1) setImmediate(flush)
  }
}

function send(response: ServerResponse, { status, headers, body, isDropped }: HttpAnswer): void {
  if (isDropped) return void response.destroy()
  const size = Buffer.byteLength(body)
  try {
    const list: (string | number)[] = []
    for (const name in headers) list.push(name, headers[name]!)
    if (status !== 204) list.push('content-length', size)
    response.writeHead(status, list)
  } catch {
    // What no header can carry must not become one.
    response.statusCode = 500
    return void response.end()
  }
  // One byte a character, which is copied as it is; anything else has to be encoded.
  response.end(body, size === body.length ? 'latin1' : 'utf8')
}
