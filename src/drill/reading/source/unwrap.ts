import type { ReadOptions, Wrapper } from '../define.ts'
import { BrokenBackup } from './broken.ts'
import { type Bytes, peek } from './bytes.ts'
import { gunzip } from './gzip.ts'
import { type Sniffed, sniff, sniffBytes } from './sniff.ts'

export interface Unwrapped {
  wrappers: Wrapper[]
  /** What is inside of all of them. */
  content: Exclude<Sniffed, { kind: 'wrapper' }>
  head: Buffer
  bytes: AsyncGenerator<Buffer>
}

type Opener = (bytes: Bytes, options: ReadOptions) => AsyncGenerator<Buffer>

/** Loaded when met: most backups have one of them at most. */
const openers: Record<Wrapper, () => Promise<Opener>> = {
  gzip: async () => gunzip,
  zstd: async () => (await import('./zstd.ts')).unzstd,
  lz4: async () => (await import('./lz4.ts')).unlz4,
  age: async () => (await import('./age.ts')).openAge,
  gpg: async () => (await import('./gpg.ts')).openGpg,
}

const maxLayers = 6

/** Takes encryption and compression off, layer by layer, until something else appears. Errors in the bytes come while they are read. */
export async function unwrap(stored: Bytes, options: ReadOptions): Promise<Unwrapped> {
  const wrappers: Wrapper[] = []
  let bytes = stored
  for (;;) {
    const peeked = await peek(bytes, sniffBytes)
    const content = sniff(peeked.head)
    if (content.kind !== 'wrapper') return { wrappers, content, head: peeked.head, bytes: peeked.bytes }
    if (wrappers.length === maxLayers)
      throw new BrokenBackup('UNSUPPORTED', `more than ${maxLayers} layers of compression`)
    wrappers.push(content.wrapper)
    bytes = (await openers[content.wrapper]())(peeked.bytes, options)
  }
}
