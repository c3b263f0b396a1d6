/** Bytes with one layer of escaping removed, and where each of them came from. */
export interface View {
  bytes: Uint8Array
  /** Offsets in the original text; absent when the bytes are the original. */
  starts?: Int32Array
  ends?: Int32Array
}

const percent = 0x25
const ampersand = 0x26
const backslash = 0x5c

/** HTML's named character references for printable ASCII, each followed by its character. */
const named: Record<string, string> = Object.fromEntries(
  [
    'excl! quot" QUOT" num# dollar$ percnt% amp& AMP& apos\' lpar( rpar) ast* midast* plus+ comma, period. sol/ colon:',
    'semi; lt< LT< equals= gt> GT> quest? commat@ lsqb[ lbrack[ bsol\\ rsqb] rbrack] Hat^ lowbar_ UnderBar_ grave`',
    'lcub{ lbrace{ verbar| vert| VerticalLine| rcub} rbrace} Tab\t NewLine\n',
  ]
    .flatMap((row) => row.split(' '))
    .map((pair) => [pair.slice(0, -1), pair.slice(-1)]),
)

const jsonEscapes: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '/': '/',
  '\\': '\\',
}

/**
 * Removes one layer of URL escapes (`%2F`), HTML character references (`&#47;`, `&#x2f;`, `&sol;`) and JSON or JavaScript
 * escapes (`\/`, `\u002f`, `\x2f`), all at once, since a text may mix them. Undefined when there was nothing to remove.
 */
export function unescapeOnce({ bytes, starts, ends }: View): View | undefined {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (!source.includes(percent) && !source.includes(ampersand) && !source.includes(backslash)) return undefined
  const output = Buffer.allocUnsafe(source.length)
  const from = new Int32Array(source.length)
  const to = new Int32Array(source.length)
  let length = 0
  let changed = false
  for (let at = 0; at < source.length; ) {
    const token = readEscape(source, at)
    const size = token?.size ?? 1
    const first = starts ? starts[at]! : at
    const last = ends ? ends[at + size - 1]! : at + size
    if (token) changed = true
    for (const byte of token?.bytes ?? [source[at]!]) {
      output[length] = byte
      from[length] = first
      to[length] = last
      length++
    }
    at += size
  }
  if (!changed) return undefined
  return { bytes: output.subarray(0, length), starts: from.subarray(0, length), ends: to.subarray(0, length) }
}

interface Escape {
  bytes: Uint8Array
  /** How many bytes of the source it takes. */
  size: number
}

function readEscape(source: Buffer, at: number): Escape | undefined {
  const byte = source[at]
  if (byte === percent) return readPercent(source, at)
  if (byte === ampersand) return readReference(source, at)
  if (byte === backslash) return readBackslash(source, at)
  return undefined
}

function readPercent(source: Buffer, at: number): Escape | undefined {
  const code = hexAt(source, at + 1, 2)
  return code === undefined ? undefined : { bytes: Buffer.from([code]), size: 3 }
}

function readReference(source: Buffer, at: number): Escape | undefined {
  const found = /^&(?:#x0{0,6}([0-9a-f]{1,6})|#0{0,6}(\d{1,7})|([A-Za-z]{2,12})(?=;));?/i.exec(
    source.toString('latin1', at, at + 18),
  )
  if (!found) return undefined
  const [text, hex, decimal, name] = found
  const character = name ? named[name] : fromCode(hex ? Number.parseInt(hex, 16) : Number(decimal))
  return character === undefined ? undefined : { bytes: Buffer.from(character), size: text.length }
}

function readBackslash(source: Buffer, at: number): Escape | undefined {
  const kind = String.fromCharCode(source[at + 1] ?? 0)
  if (kind === 'u') return readUnicode(source, at)
  if (kind === 'x') {
    const code = hexAt(source, at + 2, 2)
    return code === undefined ? undefined : { bytes: Buffer.from([code]), size: 4 }
  }
  const character = jsonEscapes[kind]
  return character === undefined ? undefined : { bytes: Buffer.from(character), size: 2 }
}

/** `\u00e9`, or a surrogate pair `\ud83d\ude00` as one character. */
function readUnicode(source: Buffer, at: number): Escape | undefined {
  const first = hexAt(source, at + 2, 4)
  if (first === undefined) return undefined
  const second = source[at + 6] === backslash && source[at + 7] === 0x75 ? hexAt(source, at + 8, 4) : undefined
  const isPair = first >= 0xd800 && first < 0xdc00 && second !== undefined && second >= 0xdc00 && second < 0xe000
  if (isPair) return { bytes: Buffer.from(String.fromCharCode(first, second)), size: 12 }
  return { bytes: Buffer.from(String.fromCharCode(first)), size: 6 }
}

function hexAt(source: Buffer, at: number, digits: number): number | undefined {
  let value = 0
  for (let offset = 0; offset < digits; offset++) {
    const digit = hexDigit(source[at + offset])
    if (digit < 0) return undefined
    value = value * 16 + digit
  }
  return value
}

function hexDigit(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

const fromCode = (code: number): string | undefined => (code > 0x10ffff ? undefined : String.fromCodePoint(code))
