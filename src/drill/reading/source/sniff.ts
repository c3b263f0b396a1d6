import type { Wrapper } from '../define.ts'

/** What the first bytes of a stream say it is. */
export type Sniffed =
  | { kind: 'empty' }
  | { kind: 'wrapper'; wrapper: Wrapper }
  /** Known, and not to be read here; `needs` says what. `encrypted` needs a key. */
  | { kind: 'unreadable'; what: string; encrypted: boolean }
  | { kind: 'archive' }
  | { kind: 'tar' }
  | { kind: 'sqlite' }
  | { kind: 'rdb' }
  | { kind: 'aof' }
  | { kind: 'aofManifest' }
  | { kind: 'text' }
  | { kind: 'utf16' }
  | { kind: 'markup'; what: string }
  | { kind: 'unknown' }

/** Bytes that sniffing looks at. */
export const sniffBytes = 4096

const starts = (head: Buffer, hex: string): boolean => head.subarray(0, hex.length / 2).toString('hex') === hex

/** Decides by content alone: names of files lie. */
export function sniff(head: Buffer): Sniffed {
  if (head.length === 0) return { kind: 'empty' }
  return sniffWrapper(head) ?? sniffBinary(head) ?? sniffText(head)
}

function sniffWrapper(head: Buffer): Sniffed | undefined {
  const text = head.toString('latin1', 0, 64)
  if (starts(head, '1f8b')) return { kind: 'wrapper', wrapper: 'gzip' }
  if (starts(head, '28b52ffd') || (head.length > 8 && /^[\x50-\x5f]\x2a\x4d\x18/.test(text)))
    return { kind: 'wrapper', wrapper: 'zstd' }
  if (starts(head, '04224d18')) return { kind: 'wrapper', wrapper: 'lz4' }
  if (/^age-encryption\.org\/v1\n/.test(text) || text.startsWith('-----BEGIN AGE ENCRYPTED FILE-----'))
    return { kind: 'wrapper', wrapper: 'age' }
  if (text.startsWith('-----BEGIN PGP MESSAGE-----') || isPgp(head)) return { kind: 'wrapper', wrapper: 'gpg' }
  if (text.startsWith('Salted__')) return { kind: 'unreadable', what: 'openssl enc (Salted__)', encrypted: true }
  if (text.startsWith('BZh')) return { kind: 'unreadable', what: 'bzip2', encrypted: false }
  if (starts(head, 'fd377a585a00')) return { kind: 'unreadable', what: 'xz', encrypted: false }
  if (starts(head, '377abcaf271c')) return { kind: 'unreadable', what: '7-Zip', encrypted: false }
  if (starts(head, '504b0304')) return { kind: 'unreadable', what: 'zip', encrypted: false }
  return undefined
}

/** A binary OpenPGP message: a packet of an encrypted session key (1, 3) or encrypted data (9, 18, 20), with the version that fits it. */
function isPgp(head: Buffer): boolean {
  const first = head[0] as number
  if ((first & 0x80) === 0) return false
  const isNew = (first & 0x40) !== 0
  const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f
  const lengthBytes = isNew ? newLengthBytes(head[1] ?? 0) : [1, 2, 4, 0][first & 3]
  const version = head[1 + (lengthBytes ?? 0)]
  if (tag === 1) return version === 3 || version === 6
  if (tag === 3) return version === 4 || version === 5 || version === 6
  return tag === 18 && (version === 1 || version === 2)
}

const newLengthBytes = (byte: number): number => (byte < 192 ? 1 : byte < 224 ? 2 : byte === 255 ? 5 : 1)

function sniffBinary(head: Buffer): Sniffed | undefined {
  const text = head.toString('latin1', 0, 512)
  if (text.startsWith('PGDMP')) return { kind: 'archive' }
  if (text.startsWith('SQLite format 3\0')) return { kind: 'sqlite' }
  if (/^(REDIS|VALKEY)\d{3}/.test(text)) return { kind: 'rdb' }
  if (/^(#TS:\d+\r\n)?\*\d+\r\n\$\d+\r\n/.test(text)) return { kind: 'aof' }
  if (/^file \S+ seq \d+ type [bhi]/m.test(text) && text.startsWith('file ')) return { kind: 'aofManifest' }
  if (text.slice(257, 262) === 'ustar') return { kind: 'tar' }
  if (starts(head, 'fffe') || starts(head, 'feff') || /^[\x20-\x7e\r\n]\0[\x20-\x7e\r\n]\0/.test(text))
    return { kind: 'utf16' }
  return undefined
}

function sniffText(head: Buffer): Sniffed {
  const text = head.toString('latin1').replace(/^\xef\xbb\xbf/, '')
  const begin = text.trimStart()
  if (/^(<\?xml|<!doctype|<html|<error|<[a-z]+[\s>])/i.test(begin))
    return { kind: 'markup', what: /^<\?xml|^<error/i.test(begin) ? 'XML' : 'HTML' }
  if (/^[{[]/.test(begin)) return { kind: 'markup', what: 'JSON' }
  // Rows may hold control characters, which COPY writes as they are; the beginning of a dump holds none, and noise one in nine bytes.
  return /[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text.slice(0, 64)) ? { kind: 'unknown' } : { kind: 'text' }
}
