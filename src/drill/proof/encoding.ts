import { type Finding, finding } from '../findings.ts'

/**
 * Looks at the bytes of a COPY stream for text that was decoded with the wrong encoding. A table in Latin-1 whose every high byte is part
 * of a good UTF-8 sequence is UTF-8; UTF-8 that spells "Ã" followed by a control character was encoded twice.
 */
export class EncodingLook {
  private high = 0
  private sequences = 0
  private inSequence = 0
  private doubled = 0
  private readonly isSingleByte: boolean

  constructor(encoding: string) {
    this.isSingleByte = /^(?:LATIN|WIN|ISO_8859|KOI8)/i.test(encoding)
  }

  readonly look = (chunk: Uint8Array): void => {
    if (this.isSingleByte) this.lookForSequences(chunk)
    else this.lookForDoubles(chunk)
  }

  /** A finding for the table, or undefined when its text looks like text. */
  judge(object: string, encoding: string): Finding | undefined {
    if (this.isSingleByte && this.sequences >= 3 && this.inSequence === this.high) {
      const message = `${object}: the dump says ${encoding}, and every accented letter in it is UTF-8`
      return finding('ENCODING', 'prove', message, { object })
    }
    if (this.doubled === 0) return undefined
    const message = `${object}: ${this.doubled} places look like text that was encoded twice`
    return finding('ENCODING', 'prove', message, { object, exit: 0 })
  }

  /** U+00C2..U+00C5 and then U+0080..U+009F, which no text holds. */
  private lookForDoubles(chunk: Uint8Array): void {
    for (let at = chunk.indexOf(0xc3); at >= 0; at = chunk.indexOf(0xc3, at + 1)) {
      const [second = 0, third = 0, fourth = 0] = [chunk[at + 1], chunk[at + 2], chunk[at + 3]]
      if (second >= 0x82 && second <= 0x85 && third === 0xc2 && fourth >= 0x80 && fourth <= 0x9f) this.doubled++
    }
  }

  private lookForSequences(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (byte < 0x80) continue
      const length = sequenceLength(chunk, at)
      this.high += Math.max(length, 1)
      if (length === 0) continue
      this.sequences++
      this.inSequence += length
      at += length - 1
    }
  }
}

/** Bytes of the UTF-8 sequence that begins here; 0 when none does. One that the chunk cuts counts as good. */
function sequenceLength(chunk: Uint8Array, at: number): number {
  const lead = chunk[at]!
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0
  for (let next = 1; next < length; next++) {
    const byte = chunk[at + next]
    if (byte !== undefined && (byte & 0xc0) !== 0x80) return 0
  }
  return length
}
