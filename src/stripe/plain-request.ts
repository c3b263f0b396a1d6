import { STATUS_CODES } from 'node:http'
import type { HttpAnswer, HttpRequest } from './http.ts'

/** A longer head is left to node:http, which knows when it is too long. */
const longestHead = 16 * 1024

/** Only what every parser reads in the same way: no bare line ends, no folded lines, no bytes above ASCII. */
const plainHead =
  /^(GET|POST|DELETE) (\/[\w\-.~!$&'()*+,;=:@/?%[\]]*) HTTP\/1\.1\r\n((?:[A-Za-z][A-Za-z\d-]*:[\t\x20-\x7e]*\r\n)+)\r\n/

/** With one of these a request asks for more than an answer. */
const unusual = ['transfer-encoding', 'expect', 'upgrade', 'trailer', 'te'] as const

/**
 * Reads bytes that are one whole request of the plainest form, as nearly all clients send theirs; undefined for everything else. What
 * it takes node:http would take for the same.
 */
export function readPlainRequest(bytes: Buffer): HttpRequest | undefined {
  const match = plainHead.exec(bytes.toString('latin1', 0, longestHead))
  if (!match) return undefined
  const [whole, method, url, lines] = match as unknown as [string, string, string, string]
  const headers = readHeaders(bytes, whole.length - lines.length - 2, lines)
  if (!headers || headers.host === undefined || unusual.some((name) => headers[name] !== undefined)) return undefined
  if ((headers.connection ?? 'keep-alive').toLowerCase() !== 'keep-alive') return undefined
  const size = bytes.length - whole.length
  if ((headers['content-length'] ?? '0') !== String(size) || (size > 0 && method !== 'POST')) return undefined
  // A text of its own: a part of the head would keep all of it in memory.
  const path = bytes.toString('latin1', method.length + 1, method.length + 1 + url.length)
  return size === 0
    ? { method, url: path, headers }
    : { method, url: path, headers, body: bytes.subarray(whole.length) }
}

/** Names in lower case; undefined when one comes twice. `start` is where the lines are in the bytes. */
function readHeaders(bytes: Buffer, start: number, lines: string): Record<string, string> | undefined {
  const headers: Record<string, string> = {}
  for (let at = 0; at < lines.length; ) {
    const colon = lines.indexOf(':', at)
    const end = lines.indexOf('\r\n', colon)
    const name = lines.slice(at, colon).toLowerCase()
    if (headers[name] !== undefined) return undefined
    headers[name] = bytes.toString('latin1', start + colon + 1, start + end).trim()
    at = end + 2
  }
  return headers
}

/** The head of an answer on a connection that stays open for `idleMs` more; undefined when a header cannot carry its value. */
export function headOf({ status, headers }: HttpAnswer, size: number, idleMs: number): string | undefined {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n`
  for (const name in headers) {
    const value = headers[name]!
    if (!/^[\t\x20-\x7e]*$/.test(value)) return undefined
    head += `${name}: ${value}\r\n`
  }
  if (hasBody(status)) head += `content-length: ${size}\r\n`
  return `${head}Date: ${httpDate()}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${idleMs / 1000}\r\n\r\n`
}

export const hasBody = (status: number): boolean => status !== 204 && status !== 304

let dated = 0
let date = ''

/** Made once a second. */
function httpDate(): string {
  const second = Math.floor(Date.now() / 1000)
  if (second !== dated) {
    dated = second
    date = new Date(second * 1000).toUTCString()
  }
  return date
}
