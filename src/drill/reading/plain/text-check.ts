import { isUtf8 } from 'node:buffer'
import { countLines } from './characters.ts'

/** Looks for bytes that are not UTF-8; what it is given belongs together, however it is cut. */
export class Utf8Check {
  #tail = Buffer.alloc(0)

  /** Ends of line before the first wrong byte; undefined when all is well so far. */
  push(bytes: Buffer): number | undefined {
    if (this.#tail.length === 0 && isUtf8(bytes)) return undefined
    const all = this.#tail.length > 0 ? Buffer.concat([this.#tail, bytes]) : bytes
    const whole = all.length - unfinished(all)
    this.#tail = Buffer.from(all.subarray(whole))
    const checked = all.subarray(0, whole)
    return isUtf8(checked) ? undefined : countLines(checked, 0, firstWrong(checked))
  }

  /** Whether something is left that never became a character. */
  end(): boolean {
    const left = this.#tail.length > 0
    this.#tail = Buffer.alloc(0)
    return left
  }
}

/** Bytes at the end that begin a character of more bytes. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
  }
  return 0
}

function firstWrong(bytes: Buffer): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    const part = bytes.subarray(0, middle)
    if (isUtf8(part.subarray(0, middle - unfinished(part)))) good = middle
    else bad = middle
  }
  return good
}

/** PostgreSQL's name of an encoding, in its one spelling. */
export function encodingName(name: string): string {
  const plain = name.toUpperCase().replace(/[^A-Z0-9]/g, '')
  const alias: Record<string, string> = {
    UNICODE: 'UTF8',
    SQLASCII: 'SQL_ASCII',
    ISO88591: 'LATIN1',
    EUCJP: 'EUC_JP',
    EUCKR: 'EUC_KR',
    EUCCN: 'EUC_CN',
    EUCTW: 'EUC_TW',
  }
  return alias[plain] ?? (plain === 'UTF8' ? 'UTF8' : name.toUpperCase())
}

const labels: Record<string, string> = {
  SJIS: 'shift_jis',
  EUC_JP: 'euc-jp',
  EUC_KR: 'euc-kr',
  UHC: 'euc-kr',
  GBK: 'gbk',
  EUC_CN: 'gbk',
  GB18030: 'gb18030',
  BIG5: 'big5',
  KOI8R: 'koi8-r',
  KOI8U: 'koi8-u',
  WIN866: 'ibm866',
}

/** What WIN1252 has in place of the control characters 0x80 to 0x9f of LATIN1; five of them it leaves. */
const win1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** Text of a statement in a client encoding. Single-byte ones that the platform does not know are read as LATIN1. */
export function decoder(encoding: string): (bytes: Buffer) => string {
  if (encoding === 'UTF8') return (bytes) => bytes.toString('utf8')
  // Node 20 takes it for LATIN1.
  if (encoding === 'WIN1252')
    return (bytes) => bytes.toString('latin1').replace(/[\x80-\x9f]/g, (at) => win1252[at.charCodeAt(0) - 0x80] ?? at)
  const windows = /^WIN(125\d|874)$/.exec(encoding)
  const iso = /^(?:ISO_?8859_?|LATIN)(\d+)$/.exec(encoding)
  const latin: Record<string, number> = { 2: 2, 3: 3, 4: 4, 5: 9, 6: 10, 7: 13, 8: 14, 9: 15, 10: 16 }
  const isoNumber = iso && (encoding.startsWith('LATIN') ? latin[iso[1] as string] : Number(iso[1]))
  const labelled =
    labels[encoding] ?? (windows ? `windows-${windows[1]}` : isoNumber ? `iso-8859-${isoNumber}` : undefined)
  if (!labelled)
    return (bytes) => (encoding === 'SQL_ASCII' && isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1'))
  const text = new TextDecoder(labelled)
  return (bytes) => text.decode(bytes)
}
