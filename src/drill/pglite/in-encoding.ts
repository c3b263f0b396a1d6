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

/** The byte of each character that the encoding has. */
function bytesOf(encoding: string): Map<number, number> {
  if (!/^(?:LATIN|ISO_?8859|WIN|KOI8)/i.test(encoding)) {
    const message = `PGlite cannot write ${encoding}, in which the backup is`
    throw stop('ENGINE_UNAVAILABLE', 'prove', message, { object: encoding })
  }
  const decode = decoder(encoding.toUpperCase())
  return new Map(Array.from({ length: 256 }, (_, byte) => [decode(Buffer.of(byte)).charCodeAt(0), byte]))
}
