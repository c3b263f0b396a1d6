import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { clipped } from '../expect/shown.ts'
import { checkReach } from './reach.ts'
import type { Request } from './request.ts'

export interface Response {
  status: number
  /** Lower-case names; repeated headers joined by a comma. */
  headers: Record<string, string>
  body: string
}

export interface Exchange {
  request: Request
  response: Response
  /** The peer the answer came from; the same name can lead to several. */
  peer: { address?: string; port?: number; tls?: { protocol: string; subject: string; validTo: string } }
  /** Milliseconds until the connection stood, the head of the answer, and its end. */
  timing: { connectMs: number; headMs: number; totalMs: number }
  redirects: string[]
}

/** The answer is longer than any check looks at. */
export class BodyTooLong extends Error {
  override readonly name = 'BodyTooLong'
}

const maxBodyBytes = 4 * 1024 * 1024

export interface SendOptions {
  signal: AbortSignal
  offline: boolean
  /** How many redirects are followed; 0 shows the redirect itself. */
  redirects?: number
  /** Awaited before the last byte of the body is sent, when the server already has all the others. */
  beforeLastByte?: () => Promise<void>
}

/**
 * Sends one request over a connection of its own (no pool shared with anything, so latency includes connecting and a stale
 * connection cannot answer) and reads the whole answer, up to 4 MiB. Throws what undici throws, OfflineRefusal and BodyTooLong.
 */
export async function send(
  request: Request,
  { signal, offline, redirects = 0, beforeLastByte }: SendOptions,
): Promise<Exchange> {
  const followed: string[] = []
  let current = request
  for (;;) {
    checkReach(current.url.hostname, offline)
    const exchange = await sendOnce(current, signal, beforeLastByte)
    const next = followed.length < redirects ? redirectOf(current, exchange.response) : undefined
    if (!next) return { ...exchange, redirects: followed }
    followed.push(next.url.href)
    current = next
  }
}

async function sendOnce(
  request: Request,
  signal: AbortSignal,
  beforeLastByte?: () => Promise<void>,
): Promise<Omit<Exchange, 'redirects'>> {
  const started = performance.now()
  const since = () => Math.round((performance.now() - started) * 10) / 10
  const timing = { connectMs: 0, headMs: 0, totalMs: 0 }
  let peer: Exchange['peer'] = {}
  const connect = buildConnector({ timeout: 10_000 })
  const agent = new Agent({
    pipelining: 0,
    connect(options, done) {
      connect(options, (...result) => {
        timing.connectMs = since()
        if (result[1]) peer = peerOf(result[1])
        done(...result)
      })
    },
  })
  try {
    const { origin, pathname, search } = request.url
    const bytes = Buffer.from(request.body ?? '')
    const held = beforeLastByte && bytes.length > 0 ? holdLastByte(bytes, beforeLastByte) : undefined
    const answer = await agent.request({
      origin,
      path: pathname + search,
      method: request.method,
      headers: {
        'user-agent': 'gatekit',
        accept: '*/*',
        ...request.headers,
        ...(held && { 'content-length': String(bytes.length) }),
      },
      body: held ?? request.body ?? null,
      signal,
    })
    timing.headMs = since()
    const body = await readBounded(answer.body)
    timing.totalMs = since()
    return {
      request,
      response: { status: answer.statusCode, headers: plainHeaders(answer.headers), body },
      peer,
      timing,
    }
  } finally {
    await agent.destroy()
  }
}

const holdLastByte = (bytes: Buffer, release: () => Promise<void>): Readable =>
  Readable.from(
    (async function* () {
      yield bytes.subarray(0, -1)
      await release()
      yield bytes.subarray(-1)
    })(),
    { objectMode: false },
  )

async function readBounded(stream: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBodyBytes) throw new BodyTooLong(`the answer is longer than ${maxBodyBytes / 1024 / 1024} MiB`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const plainHeaders = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : `${value}`,
    ]),
  )

function peerOf(socket: Socket): Exchange['peer'] {
  const { remoteAddress, remotePort } = socket
  const tls = 'getPeerCertificate' in socket ? tlsOf(socket as TLSSocket) : undefined
  return {
    ...(remoteAddress && { address: remoteAddress }),
    ...(remotePort && { port: remotePort }),
    ...(tls && { tls }),
  }
}

function tlsOf(socket: TLSSocket): NonNullable<Exchange['peer']['tls']> {
  const { subject, valid_to } = socket.getPeerCertificate()
  return { protocol: socket.getProtocol() ?? '', subject: clipped(String(subject?.CN ?? '')), validTo: valid_to ?? '' }
}

/** The request that a redirect asks for (RFC 9110, 15.4); credentials do not follow to another origin. */
function redirectOf(request: Request, { status, headers }: Response): Request | undefined {
  const location = headers['location']
  if (![301, 302, 303, 307, 308].includes(status) || !location || !URL.canParse(location, request.url.href))
    return undefined
  const url = new URL(location, request.url)
  if (!/^https?:$/.test(url.protocol)) return undefined
  const becomesGet = status === 303 || (status < 303 && request.method === 'POST')
  const kept = Object.entries(request.headers)
    .filter(([name]) => url.origin === request.url.origin || !['authorization', 'cookie'].includes(name))
    .filter(([name]) => !becomesGet || name !== 'content-type')
  return {
    method: becomesGet && request.method !== 'HEAD' ? 'GET' : request.method,
    url,
    headers: Object.fromEntries(kept),
    body: becomesGet ? undefined : request.body,
  }
}
