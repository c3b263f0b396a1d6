/** A message from the client; `body` is what follows its length. */
export interface Frame {
  type: string
  bytes: Buffer
  body: Buffer
}

/** Cuts the client's bytes into messages. The first one, and no other, has no type. */
export function createSplitter() {
  let rest: Buffer = Buffer.alloc(0)
  let isStarted = false
  return {
    *split(chunk: Buffer): Generator<Frame> {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      for (;;) {
        const head = isStarted ? 1 : 0
        if (rest.length < head + 4) return
        const length = head + rest.readUInt32BE(head)
        if (rest.length < length) return
        const bytes = rest.subarray(0, length)
        rest = rest.subarray(length)
        const type = isStarted ? String.fromCharCode(bytes[0] as number) : 'startup'
        isStarted = true
        yield { type, bytes, body: bytes.subarray(head + 4) }
      }
    },
  }
}

export function message(type: string, body: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const text = (...words: string[]): Buffer => Buffer.from(words.map((word) => `${word}\0`).join(''))
const idle = Buffer.from('I')

const errorFields: Record<string, string> = {
  S: 'severity',
  V: 'severity',
  C: 'code',
  M: 'message',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  n: 'constraint',
}

export const answers = {
  /** AuthenticationOk, two parameters, a key for cancelling that nobody uses, ready. */
  welcome: Buffer.concat([
    message('R', Buffer.alloc(4)),
    message('S', text('client_encoding', 'UTF8')),
    message('S', text('standard_conforming_strings', 'on')),
    message('K', Buffer.alloc(8)),
    message('Z', idle),
  ]),
  /** CopyInResponse: text, and as many columns as nobody asks. */
  copyIn: message('G', Buffer.alloc(3)),
  complete: (tag: string): Buffer => Buffer.concat([message('C', text(tag)), message('Z', idle)]),
  error(error: unknown): Buffer {
    const fields = { severity: 'ERROR', code: 'XX000', ...(error as Record<string, unknown>) }
    const { message: said } = error as Error
    const rows = Object.entries(errorFields).flatMap(([letter, name]) => {
      const value = name === 'message' ? said : (fields as Record<string, unknown>)[name]
      return typeof value === 'string' && value ? [`${letter}${value}`] : []
    })
    return Buffer.concat([message('E', Buffer.concat([text(...rows), Buffer.alloc(1)])), message('Z', idle)])
  },
}
