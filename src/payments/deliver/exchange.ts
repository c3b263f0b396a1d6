import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Attempt } from '../rig/define.ts'
import { type Answer, readAnswer } from './answer.ts'
import { type RawRequest, writeRequest } from './request.ts'

export interface ExchangeOptions {
  /** Milliseconds for all of it; default 15,000. */
  timeoutMs?: number
  /** Called once for each request, as soon as the status line of its answer is there. */
  onStatus?(status: number): void
  /** Called once, when the last bytes have been written. */
  onSent?(): void
  signal?: AbortSignal
}

/** Time for the server to accept and read what is there. */
const primedMs = 8

const mostBytes = 4 * 1024 * 1024
const keptBytes = 64 * 1024

/** One request on a connection of its own. Never throws: what went wrong is in the attempt. */
export async function exchange(base: string, request: RawRequest, options: ExchangeOptions = {}): Promise<Attempt> {
  const [attempt] = await exchangeTogether(base, [request], options)
  return attempt!
}

/**
 * Several requests at once: every connection is open and has all but its last byte written before the last bytes of all are written in
 * one go, so that the server gets them within microseconds.
 */
export async function exchangeTogether(
  base: string,
  requests: readonly RawRequest[],
  options: ExchangeOptions = {},
): Promise<Attempt[]> {
  const url = new URL(base)
  const flights = requests.map((request) => {
    const to = request.base === undefined ? url : new URL(request.base)
    return openFlight(to, writeRequest(to, request), options)
  })
  await Promise.all(flights.map((flight) => flight.primed))
  // What was written has left this process; a moment later the server has read it and waits for the last byte.
  if (flights.length > 1) await new Promise((done) => setTimeout(done, primedMs))
  for (const flight of flights) flight.release()
  options.onSent?.()
  return Promise.all(flights.map((flight) => flight.attempt))
}

interface Flight {
  /** All but the last byte is written, or it already failed. */
  primed: Promise<void>
  release(): void
  attempt: Promise<Attempt>
}

function openFlight(url: URL, bytes: Buffer, { timeoutMs = 15_000, onStatus, signal }: ExchangeOptions): Flight {
  const socket = openSocket(url)
  socket.setNoDelay(true)
  const received: Buffer[] = []
  let size = 0
  let releasedAt = performance.now()
  let isOver = false
  let hasStatus = false
  let settle: (attempt: Attempt) => void
  let prime: () => void
  const attempt = new Promise<Attempt>((done) => {
    settle = done
  })
  const primed = new Promise<void>((done) => {
    prime = done
  })

  function finish(answer: Answer | undefined, trouble?: Attempt['trouble']): void {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    socket.destroy()
    prime()
    settle(attemptOf(answer, trouble, performance.now() - releasedAt))
  }
  function look(hasEnded: boolean): void {
    const answer = readAnswer(Buffer.concat(received), hasEnded)
    if (answer === undefined) return
    if (answer === 'malformed') {
      finish(undefined, size === 0 ? 'reset' : 'malformed')
      return
    }
    if (!hasStatus) onStatus?.(answer.status)
    hasStatus = true
    if (answer.isComplete || size > mostBytes) finish(answer)
  }
  /** What has come in so far counts: a server may answer and break the connection. */
  function fall(trouble: NonNullable<Attempt['trouble']>): void {
    const answer = readAnswer(Buffer.concat(received), false)
    if (answer === undefined || answer === 'malformed') finish(undefined, trouble)
    else finish(answer)
  }
  const abort = () => fall('timeout')
  const timer = setTimeout(abort, timeoutMs)
  signal?.addEventListener('abort', abort)

  socket.on('connect', () => {
    const last = bytes.subarray(-1)
    socket.write(bytes.subarray(0, -1), () => prime())
    flight.release = () => {
      releasedAt = performance.now()
      if (!isOver) socket.write(last)
    }
    if (isReleased) flight.release()
  })
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk)
    size += chunk.length
    look(false)
  })
  socket.on('end', () => look(true))
  socket.on('error', (error: NodeJS.ErrnoException) => fall(error.code === 'ECONNREFUSED' ? 'refused' : 'reset'))
  socket.on('close', () => fall('reset'))

  let isReleased = false
  const flight: Flight = {
    primed,
    attempt,
    release() {
      isReleased = true
    },
  }
  if (signal?.aborted) abort()
  return flight
}

const openSocket = (url: URL): Socket => {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (url.protocol === 'https:') return connectTls({ host, port: Number(url.port || 443), servername: host })
  return connect({ host, port: Number(url.port || 80) })
}

function attemptOf(answer: Answer | undefined, trouble: Attempt['trouble'], tookMs: number): Attempt {
  const status = answer?.status
  return {
    outcome: outcomeOf(status, trouble),
    status,
    ...(status === undefined && trouble && { trouble }),
    headers: answer?.headers ?? {},
    body: answer?.body.subarray(0, keptBytes).toString('utf8') ?? '',
    tookMs: Math.max(0, Math.round(tookMs)),
  }
}

/** Only what was refused or answered below 500 certainly did not happen. */
export function outcomeOf(status: number | undefined, trouble: Attempt['trouble']): Attempt['outcome'] {
  if (status === undefined) return trouble === 'refused' ? 'fail' : 'info'
  if (status >= 200 && status < 300) return 'ok'
  return status < 500 ? 'fail' : 'info'
}
