import { gzipSync } from 'node:zlib'
import type { AnyMutation, BytesMutation } from './define.ts'

const bytes = (id: string, title: string, change: (bytes: Buffer) => Buffer, catches?: string): BytesMutation => ({
  kind: 'bytes',
  id,
  title,
  change,
  ...(catches !== undefined && { catches }),
})

const dayMs = 86_400_000

/** What may happen to the file as it is stored, whatever is in it. */
export const fileMutations: readonly AnyMutation[] = [
  bytes('empty', 'of 0 bytes', () => Buffer.alloc(0)),
  bytes('gzip-of-nothing', 'that is gzip of nothing', () => gzipSync(Buffer.alloc(0))),
  bytes('error-page', 'that is an error page of the storage', () =>
    Buffer.from('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>\n'),
  ),
  bytes('noise', 'of random bytes', (good) => noise(Math.min(good.length, 100_000))),
  bytes('cut-half', 'that ends in its middle', (good) => good.subarray(0, good.length >> 1)),
  bytes('cut-end', 'without its last hundredth', (good) =>
    good.subarray(0, good.length - Math.max(200, Math.floor(good.length / 100))),
  ),
  { kind: 'time', id: 'old', title: 'that is 400 days old', ageMs: 400 * dayMs, catches: 'drill.rpo: 24h' },
]

/** What may happen to the text of a plain dump, packed or not. */
export const textMutations: readonly BytesMutation[] = [
  bytes('cut-rows', 'that ends at the end of a row', cutInRows),
  bytes(
    'cut-post-data',
    'that ends before indexes and constraints',
    cutBefore(/\nALTER TABLE (ONLY )?\S+\s+ADD CONSTRAINT |\nCREATE (UNIQUE )?INDEX /),
  ),
  bytes('gzip-crc', 'whose gzip has another CRC', gzipCrc),
  bytes('gzip-cut', 'whose gzip is cut off', (text) => {
    const packed = gzipSync(text)
    return packed.subarray(0, packed.length >> 1)
  }),
  bytes('hostile', 'with a command for the shell', (text) => insertFirst(text, '\\! exit 0\n')),
  bytes('hostile-program', 'with COPY FROM PROGRAM', (text) =>
    insertFirst(text, "COPY (SELECT 1) TO PROGRAM 'exit 0';\n"),
  ),
  bytes('not-utf8', 'with bytes that are no UTF-8', (text) => inRows(text, Buffer.from([0xff, 0xfe]))),
  bytes('nul', 'with a hole of NUL bytes', (text) => inRows(text, Buffer.alloc(64))),
]

/** Repeatable, and of no format. */
function noise(length: number): Buffer {
  const made = Buffer.alloc(length)
  let seed = 0x2545f491
  for (let at = 0; at < length; at++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    made[at] = seed >>> 24
  }
  return made
}

/** The longest block of rows: where it begins and ends. */
function rowsOf(text: Buffer): { from: number; to: number } {
  let best = { from: text.length >> 1, to: text.length >> 1 }
  for (let at = text.indexOf('\nCOPY '); at >= 0; at = text.indexOf('\nCOPY ', at + 1)) {
    const from = text.indexOf('\n', at + 1) + 1
    const to = text.indexOf('\n\\.\n', from - 1) + 1
    if (from > 0 && to - from > best.to - best.from) best = { from, to }
  }
  return best
}

function cutInRows(text: Buffer): Buffer {
  const { from, to } = rowsOf(text)
  return text.subarray(0, text.indexOf('\n', (from + to) >> 1) + 1)
}

function cutBefore(mark: RegExp): (text: Buffer) => Buffer {
  return (text) => {
    const at = text.toString('latin1').search(mark)
    return at < 0 ? text : text.subarray(0, at + 1)
  }
}

function gzipCrc(text: Buffer): Buffer {
  const packed = gzipSync(text)
  const at = packed.length - 6
  packed[at] = (packed[at] as number) ^ 1
  return packed
}

function insertFirst(text: Buffer, line: string): Buffer {
  const at = Math.max(0, text.indexOf('\nSET '))
  return Buffer.concat([text.subarray(0, at + 1), Buffer.from(line), text.subarray(at + 1)])
}

function inRows(text: Buffer, hole: Buffer): Buffer {
  const { from, to } = rowsOf(text)
  const at = text.indexOf('\n', (from + to) >> 1) - 1
  return at < from ? text : Buffer.concat([text.subarray(0, at), hole, text.subarray(at)])
}
