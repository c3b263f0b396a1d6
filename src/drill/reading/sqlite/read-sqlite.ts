import type { BackupReading } from '../define.ts'
import type { Bytes } from '../source/bytes.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'

/** Reads the header of an SQLite database and compares the size that it claims with what is there; the rest is for an engine to say. */
export async function readSqlite(bytes: Bytes, head: Buffer, facts: DumpFacts, reading: BackupReading): Promise<void> {
  reading.engine = 'sqlite'
  reading.format = 'sqlite'
  reading.tool = 'sqlite'
  let size = 0
  for await (const chunk of bytes) size += chunk.length
  if (head.length < 100) return facts.found('TRUNCATED', `${size} bytes are less than the header of an SQLite database`)
  const raw = head.readUInt16BE(16)
  const pageBytes = raw === 1 ? 65_536 : raw
  if (pageBytes < 512 || (pageBytes & (pageBytes - 1)) !== 0)
    return facts.found('CORRUPT', `pages of ${pageBytes} bytes cannot be`, 'header')
  // The size in the header counts only when the version that wrote it is that of the last change.
  const claimed = head.readUInt32BE(92) === head.readUInt32BE(24) ? head.readUInt32BE(28) * pageBytes : 0
  if (claimed > size) facts.found('TRUNCATED', `its header says ${claimed} bytes, and it has ${size}`)
  else if (size % pageBytes !== 0)
    facts.found('TRUNCATED', `${size} bytes are no whole number of pages of ${pageBytes}`)
  const encodings: Record<number, string> = { 1: 'UTF8', 2: 'UTF-16le', 3: 'UTF-16be' }
  facts.header.encoding = encodings[head.readUInt32BE(56)] ?? 'UTF8'
  facts.header.dumpVersion = versionOf(head.readUInt32BE(96))
}

const versionOf = (number: number): string =>
  `${Math.floor(number / 1_000_000)}.${Math.floor(number / 1000) % 1000}.${number % 1000}`
