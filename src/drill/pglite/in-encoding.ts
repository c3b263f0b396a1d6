import { stop } from '../findings.ts'
import { decoder } from '../reading/plain/text-check.ts'

const asked = / with \(encoding '(\w+)'\)$/i

/**
 * `COPY … TO STDOUT` in another encoding than UTF-8, of which PGlite writes no more than the beginning before it falls silent: it is asked for UTF-8,
 * and each character becomes the byte that the encoding has for it. Throws ENGINE_UNAVAILABLE for encodings of several bytes.
 */
export async function* copyInEncoding(
  sql: string,
  copyOut: (sql: string) => AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const [suffix, encoding = ''] = asked.exec(sql) ?? []
  if (suffix === undefined) {
    yield* copyOut(sql)
    return
  }
  const bytes = bytesOf(encoding)
  const text = new TextDecoder()
  for await (const chunk of copyOut(sql.slice(0, -suffix.length))) {
    const letters = text.decode(chunk, { stream: true })
    const written = Buffer.alloc(letters.length)
    for (let at = 0; at < letters.length; at++) written[at] = bytes.get(letters.charCodeAt(at)) ?? 0x3f
    yield written
  }
}

/** `COPY … FROM stdin` likewise: the statement without its encoding, and how rows become UTF-8. */
export function takenAsUtf8(sql: string): { sql: string; utf8(chunk: Uint8Array): Uint8Array } {
  const [suffix, encoding = ''] = asked.exec(sql) ?? []
  if (suffix === undefined) return { sql, utf8: (chunk) => chunk }
  const decode = decoderOf(encoding)
  return { sql: sql.slice(0, -suffix.length), utf8: (chunk) => Buffer.from(decode(Buffer.from(chunk))) }
}

/** The byte of each character that the encoding has. */
function bytesOf(encoding: string): Map<number, number> {
  const decode = decoderOf(encoding)
  return new Map(Array.from({ length: 256 }, (_, byte) => [decode(Buffer.of(byte)).charCodeAt(0), byte]))
}

function decoderOf(encoding: string): (bytes: Buffer) => string {
  if (!/^(?:LATIN|ISO_?8859|WIN|KOI8)/i.test(encoding)) {
    const message = `PGlite cannot convert ${encoding}, in which the backup is`
    throw stop('ENGINE_UNAVAILABLE', 'prove', message, { object: encoding })
  }
  return decoder(encoding.toUpperCase())
}
