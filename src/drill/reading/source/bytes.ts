import { type FileHandle, open } from 'node:fs/promises'

export type Bytes = AsyncIterable<Buffer>

const chunkBytes = 2 ** 18

/** The bytes of a file from `from` on, in chunks that belong to the reader. */
export async function* fileBytes(
  path: string,
  { from = 0, to = Number.POSITIVE_INFINITY, signal }: FileRange = {},
): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r')
  try {
    yield* handleBytes(handle, from, to, signal)
  } finally {
    await handle.close()
  }
}

export interface FileRange {
  from?: number
  /** Not read any more. */
  to?: number
  signal?: AbortSignal | undefined
}

async function* handleBytes(
  handle: FileHandle,
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const read = async (at: number) => {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(chunkBytes, to - at)))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at)
    return buffer.subarray(0, bytesRead)
  }
  let ahead = read(from)
  for (let at = from; ; ) {
    signal?.throwIfAborted()
    const chunk = await ahead
    if (chunk.length === 0) return
    at += chunk.length
    // While the reader is busy with one chunk, the next is fetched.
    ahead = read(at)
    ahead.catch(() => {})
    yield chunk
  }
}

/** The first bytes of a stream, and the whole of it again. */
export async function peek(bytes: Bytes, length: number): Promise<{ head: Buffer; bytes: AsyncGenerator<Buffer> }> {
  const iterator = bytes[Symbol.asyncIterator]()
  const chunks: Buffer[] = []
  let size = 0
  let failure: { error: unknown } | undefined
  while (size < length && !failure) {
    try {
      const { value, done } = await iterator.next()
      if (done) break
      chunks.push(value)
      size += value.length
    } catch (error) {
      failure = { error }
    }
  }
  return { head: Buffer.concat(chunks).subarray(0, length), bytes: resume(chunks, iterator, failure) }
}

async function* resume(
  chunks: Buffer[],
  iterator: AsyncIterator<Buffer>,
  failure?: { error: unknown },
): AsyncGenerator<Buffer> {
  try {
    yield* chunks
    if (failure) throw failure.error
    for (;;) {
      const { value, done } = await iterator.next()
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}
