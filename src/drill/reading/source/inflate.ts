import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createInflate } from 'node:zlib'
import type { Compression } from '../archive/toc.ts'
import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'

/** Takes the compression of pg_dump off one member: zlib streams for gzip, frames for lz4 and zstd. */
export async function* decompress(bytes: Bytes, compression: Compression): AsyncGenerator<Buffer> {
  if (compression === 'none') yield* bytes
  else if (compression === 'gzip') yield* inflate(bytes)
  else if (compression === 'lz4') yield* (await import('./lz4.ts')).unlz4(bytes)
  else yield* (await import('./zstd.ts')).unzstd(bytes)
}

async function* inflate(bytes: Bytes): AsyncGenerator<Buffer> {
  const unzip = createInflate({ chunkSize: 2 ** 17 })
  let failure: unknown
  const ended = pipeline(Readable.from(bytes, { objectMode: false }), unzip).catch((error: unknown) => {
    failure = error
  })
  try {
    for await (const chunk of unzip) yield chunk as Buffer
  } catch (error) {
    await ended
    throw named(failure ?? error)
  } finally {
    unzip.destroy()
    await ended
  }
}

function named(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR') return new BrokenBackup('TRUNCATED', 'the compressed data ends too early')
  return code?.startsWith('Z_') ? new BrokenBackup('CORRUPT', `the compressed data is damaged (${message})`) : error
}
