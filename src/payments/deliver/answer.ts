/** A parsed HTTP/1.x answer as far as it has come in. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
  /** All of it is there; without a length it lasts until the connection ends. */
  isComplete: boolean
}

const mostHeaderBytes = 64 * 1024

/**
 * Reads what a server sent so far; undefined until its status line and headers are there, `malformed` when it is no HTTP. Informational
 * answers (1xx) are skipped.
 */
export function readAnswer(bytes: Buffer, hasEnded: boolean): Answer | 'malformed' | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return bytes.length > mostHeaderBytes || hasEnded || !isPrefix(bytes) ? 'malformed' : undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1])
  if (!(status >= 100 && status <= 599)) return 'malformed'
  const rest = bytes.subarray(end + 4)
  if (status < 200) return readAnswer(rest, hasEnded)
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).trim().toLowerCase()
    if (at > 0)
      headers[name] =
        headers[name] === undefined ? line.slice(at + 1).trim() : `${headers[name]}, ${line.slice(at + 1).trim()}`
  }
  return { status, headers, ...readBody(status, headers, rest, hasEnded) }
}

const isPrefix = (bytes: Buffer): boolean => 'HTTP/1.'.startsWith(bytes.toString('latin1', 0, 7))

function readBody(
  status: number,
  headers: Record<string, string>,
  rest: Buffer,
  hasEnded: boolean,
): Pick<Answer, 'body' | 'isComplete'> {
  if (status === 204 || status === 304) return { body: Buffer.alloc(0), isComplete: true }
  if (/chunked/i.test(headers['transfer-encoding'] ?? '')) return readChunks(rest, hasEnded)
  if (headers['content-length'] === undefined) return { body: rest, isComplete: hasEnded }
  const length = Number(headers['content-length'])
  return { body: rest.subarray(0, length), isComplete: hasEnded || rest.length >= length }
}

function readChunks(rest: Buffer, hasEnded: boolean): Pick<Answer, 'body' | 'isComplete'> {
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const line = rest.indexOf('\r\n', at)
    const size = line === -1 ? Number.NaN : Number.parseInt(rest.toString('latin1', at, line), 16)
    if (size === 0) return { body: Buffer.concat(parts), isComplete: true }
    const start = line + 2
    if (!Number.isSafeInteger(size) || rest.length < start + size + 2)
      return { body: Buffer.concat(parts), isComplete: hasEnded }
    parts.push(rest.subarray(start, start + size))
    at = start + size + 2
  }
}
