import type { BackupReading, ReadOptions } from './define.ts'
import { emptyReading, finishReading } from './empty-reading.ts'
import { isMysqlText, readMysql } from './mysql/read-mysql.ts'
import { readPlain } from './plain/read-plain.ts'
import { BrokenBackup } from './source/broken.ts'
import type { Bytes } from './source/bytes.ts'
import type { Sniffed } from './source/sniff.ts'
import { StoredFile } from './source/stored.ts'
import { type Unwrapped, unwrap } from './source/unwrap.ts'
import { DumpFacts } from './sql/dump-facts.ts'

/** Reads a backup that is one file, in one pass. */
export async function readFile(path: string, options: ReadOptions): Promise<BackupReading> {
  const stored = await StoredFile.open(path, options)
  const facts = new DumpFacts(new Set(options.allow), options.onHead)
  const reading = emptyReading(path)
  const bytes = stored.bytes()
  try {
    const unwrapped = await unwrap(bytes, options)
    reading.wrappers = unwrapped.wrappers
    await readContent(unwrapped, counted(unwrapped.bytes, reading), facts, reading, options)
  } catch (error) {
    if (!(error instanceof BrokenBackup)) throw error
    facts.found(error.code, error.message, error.object)
  } finally {
    // What is refused by its first bytes is not read to its end, and nobody closes it.
    await bytes.return(undefined)
  }
  return finishReading({ ...reading, ...(await stored.finish()) }, facts)
}

async function* counted(bytes: Bytes, reading: { plainBytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of bytes) {
    reading.plainBytes += chunk.length
    yield chunk
  }
}

/** Reads by what the bytes are; the readers of most kinds are loaded only when they are needed. */
async function readContent(
  { content, head }: Unwrapped,
  bytes: Bytes,
  facts: DumpFacts,
  reading: BackupReading,
  options: ReadOptions,
): Promise<void> {
  if (content.kind === 'text' && isMysqlText(head.toString('latin1'))) await readMysql(bytes, facts, reading)
  else if (content.kind === 'text' && /^PRAGMA foreign_keys/m.test(head.toString('latin1', 0, 200)))
    refuse({ kind: 'unreadable', what: 'SQL text of sqlite3 .dump', encrypted: false }, facts)
  else if (content.kind === 'text') Object.assign(reading, await readPlain(bytes, facts))
  else if (content.kind === 'archive')
    await (await import('./archive/read-archive.ts')).readArchive(bytes, facts, reading)
  else if (content.kind === 'tar') await (await import('./archive/read-tar.ts')).readTar(bytes, facts, reading, options)
  else if (content.kind === 'rdb' || content.kind === 'aof')
    await (await import('./redis/read-redis.ts')).readRedisFile(bytes, facts, reading, content.kind)
  else if (content.kind === 'sqlite')
    await (await import('./sqlite/read-sqlite.ts')).readSqlite(bytes, head, facts, reading)
  else if (content.kind === 'empty') await readNothing(bytes, facts)
  else refuse(content, facts)
}

function refuse(content: Sniffed, facts: DumpFacts): void {
  if (content.kind === 'utf16') {
    facts.found('ENCODING', 'the text is UTF-16, as a redirection in PowerShell writes it: psql cannot read it')
  } else if (content.kind === 'markup') {
    facts.found('NOT_A_DUMP', `this is ${content.what}, such as an error page that was stored in place of a backup`)
  } else if (content.kind === 'unreadable' && content.encrypted) {
    facts.found('ENCRYPTED_NO_KEY', `encrypted by ${content.what}, which cannot be opened here`, content.what)
  } else if (content.kind === 'unreadable') {
    facts.found('UNSUPPORTED', `${content.what} cannot be read here`, content.what)
  } else {
    facts.found('NOT_A_DUMP', 'the bytes are of no kind of backup that is known')
  }
}

/** Nothing came out; an error in what is around it says more than that. */
async function readNothing(bytes: Bytes, facts: DumpFacts): Promise<void> {
  for await (const _ of bytes) {
    // There is nothing, or it fails.
  }
  facts.found('EMPTY', 'there is not one byte in it')
}
