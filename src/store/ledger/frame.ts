import { readSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/** Begins every file of a ledger. */
export const fileHead = Buffer.from('gatekit ledger 1\n')

const mark = 0x31464b47 // "GKF1", the first bytes of a frame
const headSize = 12

/** A payload behind its mark, its length and its checksum (CRC-32, both little endian). */
export function encodeFrame(payload: string): Buffer {
  const size = Buffer.byteLength(payload)
  const frame = Buffer.allocUnsafe(headSize + size)
  frame.writeUInt32LE(mark, 0)
  frame.writeUInt32LE(size, 4)
  frame.write(payload, headSize)
  frame.writeUInt32LE(crc32(frame.subarray(headSize)), 8)
  return frame
}

export interface Frame {
  payload: string
  /** Where the next frame begins. */
  end: number
}

/** The frame at an offset of an open file of that size; undefined where there is no whole one. */
export function readFrame(file: number, offset: number, size: number): Frame | undefined {
  if (size - offset < headSize) return undefined
  const head = readExactly(file, offset, headSize)
  const length = head.readUInt32LE(4)
  if (head.readUInt32LE(0) !== mark || length > size - offset - headSize) return undefined
  const payload = readExactly(file, offset + headSize, length)
  if (crc32(payload) !== head.readUInt32LE(8)) return undefined
  return { payload: payload.toString('utf8'), end: offset + headSize + length }
}

/** Where a whole frame begins behind an offset: what stands before it was damaged, not left unfinished. */
export function findFrame(file: number, offset: number, size: number): number | undefined {
  const rest = readExactly(file, offset, size - offset)
  const pattern = Buffer.alloc(4)
  pattern.writeUInt32LE(mark)
  for (let at = rest.indexOf(pattern, 1); at >= 0; at = rest.indexOf(pattern, at + 1))
    if (readFrame(file, offset + at, size)) return offset + at
  return undefined
}

export function readExactly(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length)
  let read = 0
  while (read < length) {
    const count = readSync(file, buffer, read, length - read, offset + read)
    if (count === 0) return buffer.subarray(0, read)
    read += count
  }
  return buffer
}
