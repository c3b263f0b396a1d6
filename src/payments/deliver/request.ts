/** A request before it has bytes. */
export interface RawRequest {
  method: string
  /** Path and query, below the base URL. */
  path: string
  headers: Record<string, string>
  body: Buffer
  /** In place of the target's own address: a replica. */
  base?: string
  /** In chunks in place of a Content-Length. */
  chunked?: boolean
}

const chunkBytes = 64 * 1024

/** A header is one line: what would end it is left out, so that a value can never become a header of its own. */
const line = (text: string): string => text.replace(/[\r\n\0]/g, '')

/** The bytes of an HTTP/1.1 request, which asks for the connection to be closed after the answer. */
export function writeRequest(base: URL, { method, path, headers, body, chunked }: RawRequest): Buffer {
  const prefix = base.pathname.replace(/\/+$/, '')
  const length = chunked ? 'transfer-encoding: chunked' : `content-length: ${body.length}`
  const isBodiless = body.length === 0 && ['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method)
  const lines = [
    `${line(method)} ${line(prefix + path).replaceAll(' ', '%20')} HTTP/1.1`,
    `host: ${base.host}`,
    ...Object.entries(headers).map(([name, value]) => `${line(name)}: ${line(value)}`),
    ...(isBodiless ? [] : [length]),
    'connection: close',
  ]
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'utf8')
  return Buffer.concat([head, chunked ? inChunks(body) : body])
}

function inChunks(body: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < body.length; at += chunkBytes) {
    const part = body.subarray(at, at + chunkBytes)
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')])
}
