import { BrokenBackup } from '../source/broken.ts'
import type { Bytes } from '../source/bytes.ts'
import { ByteCursor } from '../source/cursor.ts'

export interface TarMember {
  name: string
  /** Where its content begins. */
  offset: number
  size: number
}

const block = 512

/** The files in a tar: ustar, GNU and pax headers. Fails with TRUNCATED when it ends inside one of them, with CORRUPT on a wrong checksum. */
export async function* tarMembers(cursor: ByteCursor): AsyncGenerator<TarMember> {
  let longName: string | undefined
  let longSize: number | undefined
  while (!(await cursor.atEnd())) {
    const header = await cursor.take(block)
    if (header.every((byte) => byte === 0)) return
    checkSum(header, cursor.position - block)
    const size = longSize ?? numberOf(header, 124, 12)
    const type = String.fromCharCode(header[156] as number)
    const padded = Math.ceil(size / block) * block
    if (type === 'L' || type === 'x' || type === 'g') {
      const text = (await cursor.take(padded)).subarray(0, size)
      if (type === 'L') longName = textOf(text)
      if (type === 'x') longName = paxValue(text, 'path') ?? longName
      if (type === 'x') longSize = Number(paxValue(text, 'size') ?? Number.NaN) || undefined
      continue
    }
    const name = longName ?? nameOf(header)
    longName = undefined
    longSize = undefined
    const offset = cursor.position
    if (type === '0' || type === '\0' || type === '7') yield { name, offset, size }
    const read = cursor.position - offset
    await cursor.skip(Math.max(0, padded - read))
  }
  throw new BrokenBackup('TRUNCATED', 'the end of the tar is missing')
}

/** Without the content of the files. */
export async function indexTar(bytes: Bytes): Promise<TarMember[]> {
  const cursor = new ByteCursor(bytes)
  const members: TarMember[] = []
  try {
    for await (const member of tarMembers(cursor)) members.push(member)
  } finally {
    await cursor.close()
  }
  return members
}

function checkSum(header: Buffer, at: number): void {
  const said = Number.parseInt(textOf(header.subarray(148, 156)).trim(), 8)
  let sum = 0
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 32 : byte
  if (said !== sum) throw new BrokenBackup('CORRUPT', `the header at byte ${at} of the tar is damaged`)
}

function numberOf(header: Buffer, from: number, length: number): number {
  if (((header[from] as number) & 0x80) === 0)
    return Number.parseInt(textOf(header.subarray(from, from + length)).trim() || '0', 8)
  let value = 0
  for (let at = from + 1; at < from + length; at++) value = value * 256 + (header[at] as number)
  return value
}

function nameOf(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textOf(header.subarray(345, 500)) : ''
  const name = textOf(header.subarray(0, 100))
  return prefix === '' ? name : `${prefix}/${name}`
}

function paxValue(text: Buffer, key: string): string | undefined {
  return new RegExp(`^\\d+ ${key}=(.*)$`, 'm').exec(text.toString('utf8'))?.[1]
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0)
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
}
