import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { BrokenBackup } from './broken.ts'
import type { Bytes } from './bytes.ts'

/** Takes gzip off; all members of the file, each with its CRC checked. Fails with TRUNCATED_GZIP, GZIP_CRC or CORRUPT. */
export async function* gunzip(bytes: Bytes): AsyncGenerator<Buffer> {
  const unzip = createGunzip({ chunkSize: 2 ** 18 })
  const ended = pipeline(Readable.from(bytes, { objectMode: false, highWaterMark: 2 ** 21 }), unzip).catch(
    () => undefined,
  )
  try {
    for await (const chunk of unzip) yield chunk as Buffer
  } catch (error) {
    throw named(error)
  } finally {
    unzip.destroy()
    await ended
  }
}

function named(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR') return new BrokenBackup('TRUNCATED_GZIP', 'the compressed file ends too early')
  if (code !== 'Z_DATA_ERROR') return error
  if (/incorrect (data|length) check/.test(message))
    return new BrokenBackup('GZIP_CRC', 'the CRC of the compressed file is not that of its content')
  return new BrokenBackup('CORRUPT', `the compressed data is damaged (${message})`)
}
