import { open } from 'node:fs/promises'

const edge = 64 * 1024

/**
 * Why a dump is not whole; undefined when it is, or when nothing can tell: only dumps with comments say that they are complete. A dump cut after a
 * statement loads without an error.
 */
export async function endOf(path: string): Promise<string | undefined> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const read = async (from: number) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(edge), 0, edge, from)
      return buffer.toString('latin1', 0, bytesRead)
    }
    const head = await read(0)
    if (!/^-- (?:MariaDB|MySQL) dump /m.test(head.slice(0, 4096))) return undefined
    const tail = await read(Math.max(0, size - edge))
    return /^-- Dump completed/m.test(tail.trimEnd().split('\n').slice(-3).join('\n'))
      ? undefined
      : 'the dump does not end with "-- Dump completed"'
  } finally {
    await file.close()
  }
}
