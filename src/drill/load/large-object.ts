import type { Database } from '../engines/define.ts'

/** Bytes that go with one statement. */
const pieceBytes = 1 << 20

/** Makes a large object with its own number and fills it piece by piece. Returns its size in bytes. */
export async function loadLargeObject(session: Database, oid: string, data: AsyncIterable<Buffer>): Promise<number> {
  let offset = 0
  let pieces: Buffer[] = []
  let size = 0
  let isMade = false
  const flush = async () => {
    const hex = `\\x${Buffer.concat(pieces).toString('hex')}`
    await session.query(
      isMade
        ? 'select pg_catalog.lo_put($1::oid, $2::int8, $3::bytea)'
        : 'select pg_catalog.lo_from_bytea($1::oid, $2::bytea)',
      isMade ? [oid, offset, hex] : [oid, hex],
    )
    isMade = true
    offset += size
    pieces = []
    size = 0
  }
  for await (const chunk of data) {
    pieces.push(chunk)
    size += chunk.length
    if (size >= pieceBytes) await flush()
  }
  if (size > 0 || !isMade) await flush()
  return offset
}
