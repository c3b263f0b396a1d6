import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BackupReading, LargeObjectItem, RestoreItem } from '../reading/define.ts'

const begin = '--\n-- PostgreSQL database dump\n--\n\n'
const end = '--\n-- PostgreSQL database dump complete\n--\n\n'
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

export interface RenderOptions {
  /** Without it the file looks as if pg_dump had been stopped. */
  hasEnd?: boolean
}

/** Writes steps of a restore as a plain dump that says of itself what the backup said. */
export async function renderPlain(
  path: string,
  reading: BackupReading,
  items: AsyncIterable<RestoreItem>,
  options: RenderOptions = {},
): Promise<void> {
  await pipeline(
    Readable.from(textOf(reading, items, options), { objectMode: false }),
    createWriteStream(path, { mode: 0o600 }),
  )
}

async function* textOf(
  reading: BackupReading,
  items: AsyncIterable<RestoreItem>,
  { hasEnd = true }: RenderOptions,
): AsyncGenerator<Buffer> {
  yield Buffer.from(`${begin}${headOf(reading)}`)
  for await (const item of items) yield* itemText(item)
  if (hasEnd) yield Buffer.from(end)
}

function headOf({ header }: BackupReading): string {
  const { serverVersion, dumpVersion, database } = header
  return [
    serverVersion ? `-- Dumped from database version ${serverVersion}\n` : '',
    dumpVersion ? `-- Dumped by pg_dump version ${dumpVersion}\n` : '',
    "\nSET client_encoding = 'UTF8';\n",
    database ? `CREATE DATABASE ${quoted(database)};\n\\connect ${quoted(database)}\n\n` : '',
  ].join('')
}

async function* itemText(item: RestoreItem): AsyncGenerator<Buffer> {
  if (item.kind === 'largeObject') yield* objectText(item)
  // Text of steps is decoded, and COPY names its encoding.
  if (item.kind === 'statement' && item.skip !== 'encoding' && item.skip !== 'database')
    yield Buffer.from(`${item.sql.trimEnd()}\n\n`)
  if (item.kind !== 'copy') return
  yield Buffer.from(`${item.sql};\n`)
  for await (const chunk of item.data) yield Buffer.from(chunk)
  yield Buffer.from('\\.\n\n')
}

async function* objectText({ oid, data }: LargeObjectItem): AsyncGenerator<Buffer> {
  yield Buffer.from(`SELECT pg_catalog.lo_create('${oid}');\nBEGIN;\nSELECT pg_catalog.lo_open('${oid}', 131072);\n`)
  for await (const chunk of data) yield Buffer.from(`SELECT pg_catalog.lowrite(0, '\\x${chunk.toString('hex')}');\n`)
  yield Buffer.from('SELECT pg_catalog.lo_close(0);\nCOMMIT;\n\n')
}
