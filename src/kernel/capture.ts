import type { Readable } from 'node:stream'

export interface Captured {
  text: string
  /** Bytes that were written but not kept. */
  lost: number
}

/**
 * Collects a stream without ever holding more than `most` bytes: the beginning, and where that is not all, the end as well, for that is
 * where a failing program says why.
 */
export function capture(stream: Readable, most = 8 * 1024 * 1024, tail = 256 * 1024): () => Captured {
  const head: Buffer[] = []
  let end: Buffer[] = []
  let headBytes = 0
  let endBytes = 0
  let lost = 0
  stream.on('data', (chunk: Buffer) => {
    const room = most - headBytes
    if (room > 0) head.push(chunk.subarray(0, room))
    headBytes += Math.min(room, chunk.length)
    const rest = chunk.subarray(Math.max(0, room))
    if (rest.length === 0) return
    end.push(rest)
    endBytes += rest.length
    if (endBytes <= 2 * tail) return
    const kept = Buffer.concat(end).subarray(-tail)
    lost += endBytes - kept.length
    end = [kept]
    endBytes = kept.length
  })
  // A pipe that breaks ends the stream; the exit code tells how the program ended.
  stream.on('error', () => {})
  return () => {
    const gap = lost > 0 ? `\n… (${lost} bytes left out)\n` : ''
    return { text: Buffer.concat(head).toString() + gap + Buffer.concat(end).toString(), lost }
  }
}
