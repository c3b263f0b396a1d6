import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpAnswer, HttpRequest } from './http.ts'
import { hasBody, headOf, readPlainRequest } from './plain-request.ts'

export interface PlainOptions {
  /** Calls `send` once with the answer, later than this turn. */
  handle(request: HttpRequest, send: (answer: HttpAnswer) => void): void
  /** Refuses a client that has not sent anything in time. */
  refuseSilent(socket: Socket): void
  /** Milliseconds a client may take to send its first bytes, and to send more after an answer. */
  headMs: number
  idleMs: number
}

/**
 * Answers plain requests of a server's connections itself, in half the time that node:http takes for them. With the first request that
 * is not plain, or has not come in one piece, a connection goes to node:http for good, at the very byte where that request begins.
 * Returns what cuts the connections that are still here.
 */
export function takePlainRequests(server: Server, options: PlainOptions): () => void {
  const own = new Set<PlainConnection>()
  const others = server.listeners('connection')
  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    const connection = new PlainConnection(socket, options, (first) => {
      own.delete(connection)
      socket.setTimeout(0)
      socket.pause()
      socket.unshift(first)
      for (const listener of others) listener.call(server, socket)
      socket.resume()
    })
    own.add(connection)
    socket.once('close', () => own.delete(connection))
  })
  return () => {
    for (const { socket } of own) socket.destroy()
  }
}

/** One connection as long as its requests are plain; they are answered one after the other. */
class PlainConnection {
  readonly socket: Socket
  private readonly options: PlainOptions
  private readonly handOver: (first: Buffer) => void
  private isAnswering = false
  private hasAnswered = false
  private hasEnded = false
  /** What came in before the last answer was sent. */
  private next: Buffer | undefined

  /** `handOver` gives the connection away, with the first bytes that it has not read. */
  constructor(socket: Socket, options: PlainOptions, handOver: (first: Buffer) => void) {
    this.socket = socket
    this.options = options
    this.handOver = handOver
    socket.on('data', this.take).on('end', this.end).on('timeout', this.hangUp).on('error', ignore)
    socket.setTimeout(options.headMs)
  }

  private readonly take = (bytes: Buffer): void => {
    if (this.isAnswering) {
      this.next = bytes
      return void this.socket.pause()
    }
    const request = readPlainRequest(bytes)
    if (!request) return void this.leave(bytes)
    this.isAnswering = true
    this.options.handle(request, this.send)
  }

  private leave(bytes: Buffer): void {
    this.socket.off('data', this.take).off('end', this.end).off('timeout', this.hangUp).off('error', ignore)
    this.handOver(bytes)
  }

  private readonly send = (answer: HttpAnswer): void => {
    const { options, socket } = this
    if (answer.isDropped) return void socket.destroy()
    this.write(answer)
    this.isAnswering = false
    if (this.hasEnded) return void socket.end()
    if (!this.hasAnswered) socket.setTimeout(options.idleMs)
    this.hasAnswered = true
    const { next } = this
    if (!next) return
    this.next = undefined
    socket.resume()
    this.take(next)
  }

  private write(answer: HttpAnswer): void {
    const { socket, options } = this
    const body = hasBody(answer.status) ? answer.body : ''
    const size = Buffer.byteLength(body)
    const head = headOf(answer, size, options.idleMs)
    // What no header can carry must not become one.
    if (head === undefined) return void this.write({ status: 500, headers: {}, body: '' })
    if (typeof body === 'string' && size === body.length) return void socket.write(head + body, 'latin1')
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
  }

  private readonly end = (): void => {
    this.hasEnded = true
    if (!this.isAnswering) this.socket.end()
  }

  private readonly hangUp = (): void => {
    if (this.isAnswering) return
    if (this.hasAnswered) this.socket.destroy()
    else this.options.refuseSilent(this.socket)
  }
}

/** A client that hangs up is nobody to answer. */
const ignore = (): void => {}
