import type { BackupReading, OpenOptions } from '../define.ts'
import { type Bytes, fileBytes } from './bytes.ts'
import { unwrap } from './unwrap.ts'

/** The content of a backup that was read before, from a position of it on; what is wrapped has to be passed over from its beginning. */
export async function contentFrom(
  { path, wrappers }: BackupReading,
  options: OpenOptions,
  from: number,
): Promise<Bytes> {
  if (wrappers.length === 0) return fileBytes(path, { from, signal: options.signal })
  const { bytes } = await unwrap(fileBytes(path, { signal: options.signal }), options)
  return from === 0 ? bytes : skipped(bytes, from)
}

async function* skipped(bytes: Bytes, length: number): AsyncGenerator<Buffer> {
  let left = length
  for await (const chunk of bytes) {
    if (chunk.length > left) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}
