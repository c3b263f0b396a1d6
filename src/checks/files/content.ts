import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'

/** More than a check looks at. */
export class FileTooLong extends Error {
  override readonly name = 'FileTooLong'
}

/** The text of a file; throws FileTooLong beyond `most` bytes, so that no file can fill the memory. */
export async function readText(path: string, most = 16 * 1024 * 1024): Promise<string> {
  const handle: FileHandle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (size > most) throw new FileTooLong(`${path} is ${size} bytes; at most ${most} are read`)
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/** Lower-case hex digest, whatever the size. */
export async function sha256Of(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
