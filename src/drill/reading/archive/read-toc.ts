import { BrokenBackup } from '../source/broken.ts'
import type { ByteCursor } from '../source/cursor.ts'
import type { Archive, ArchiveHeader, Compression, TocEntry } from './toc.ts'
import { versionName } from './toc.ts'

const newest = 116
const oldest = 112
const maxString = 2 ** 28
const compressions: readonly Compression[] = ['none', 'gzip', 'lz4', 'zstd']

/**
 * Reads header and table of contents of an archive (`toc.dat` or the beginning of a custom one). `pretend` reads it as another version
 * than it says. The layout is that of PostgreSQL's pg_backup_archiver.c: integers with a sign byte, strings with a length of which -1 is NULL.
 */
export async function readToc(cursor: ByteCursor, pretend?: number): Promise<Archive> {
  const reader = new TocReader(cursor)
  const header = await reader.header(pretend)
  const count = await reader.int()
  if (count < 0 || count > 50_000_000) throw broken(`it claims ${count} entries`)
  const entries: TocEntry[] = []
  for (let index = 0; index < count; index++) entries.push(await reader.entry(header))
  return { header, entries, end: cursor.position }
}

const broken = (what: string): BrokenBackup =>
  new BrokenBackup('CORRUPT', `the table of contents is damaged: ${what}`, 'table of contents')

class TocReader {
  intBytes = 4
  offsetBytes = 8

  constructor(private readonly cursor: ByteCursor) {}

  async int(): Promise<number> {
    const sign = await this.cursor.byte()
    if (sign > 1) throw broken(`a number with the sign ${sign}`)
    let value = 0
    for (let index = 0; index < this.intBytes; index++) value += (await this.cursor.byte()) * 2 ** (8 * index)
    return sign === 1 ? -value : value
  }

  async string(): Promise<string | undefined> {
    const length = await this.int()
    if (length < 0) return undefined
    if (length > maxString) throw broken(`a text of ${length} bytes`)
    return (await this.cursor.take(length)).toString('utf8')
  }

  async header(pretend: number | undefined): Promise<ArchiveHeader> {
    await this.cursor.take(5)
    const [major = 0, minor = 0] = await this.cursor.take(3)
    const version = pretend ?? major * 100 + minor
    if (major > 1 || version > newest) {
      const claimed = `${major}.${minor}`
      throw new BrokenBackup('DUMP_NEWER', `archive version ${claimed}: written by a PostgreSQL newer than 18`, claimed)
    }
    if (version < oldest)
      throw new BrokenBackup(
        'UNSUPPORTED',
        `archive version ${versionName(version)} is older than PostgreSQL 9.3`,
        versionName(version),
      )
    this.intBytes = await this.#size('numbers', 4, 8)
    this.offsetBytes = await this.#size('offsets', 4, 8)
    const format = await this.cursor.byte()
    if (format !== 1 && format !== 3) throw broken(`format ${format}`)
    const compression = await this.#compression(version)
    const created = await this.#created()
    const [database = '', serverVersion = '', dumpVersion = ''] = [
      await this.string(),
      await this.string(),
      await this.string(),
    ]
    const { intBytes, offsetBytes } = this
    return {
      version,
      compression,
      layout: format === 1 ? 'custom' : 'files',
      intBytes,
      offsetBytes,
      created,
      database,
      serverVersion,
      dumpVersion,
    }
  }

  async #size(what: string, least: number, most: number): Promise<number> {
    const size = await this.cursor.byte()
    if (size < least || size > most) throw broken(`${what} of ${size} bytes`)
    return size
  }

  async #compression(version: number): Promise<Compression> {
    if (version < 115) return (await this.int()) === 0 ? 'none' : 'gzip'
    const algorithm = compressions[await this.cursor.byte()]
    if (!algorithm) throw broken('a compression that is not known')
    return algorithm
  }

  async #created(): Promise<string | undefined> {
    const [second = 0, minute = 0, hour = 0, day = 0, month = 0, year = 0] = [
      await this.int(),
      await this.int(),
      await this.int(),
      await this.int(),
      await this.int(),
      await this.int(),
    ]
    await this.int()
    const time = new Date(Date.UTC(1900 + year, month, day, hour, minute, second))
    const isTime =
      year > 80 &&
      year < 400 &&
      month >= 0 &&
      month < 12 &&
      day > 0 &&
      day < 32 &&
      hour < 24 &&
      minute < 60 &&
      second < 62
    if (!isTime) throw broken('a time of creation that is none')
    return time.toISOString().slice(0, 19)
  }

  async entry(header: ArchiveHeader): Promise<TocEntry> {
    const dumpId = await this.int()
    const hasData = (await this.int()) !== 0
    await this.string()
    await this.string()
    const tag = (await this.string()) ?? ''
    const desc = (await this.string()) ?? ''
    await this.int()
    const [definition = '', drop = '', copy = ''] = [await this.string(), await this.string(), await this.string()]
    const [schema, tablespace] = [await this.string(), await this.string()]
    const accessMethod = header.version >= 114 ? await this.string() : undefined
    const kind = header.version >= 116 ? await this.int() : 0
    const owner = (await this.string()) ?? ''
    await this.string()
    const dependsOn = await this.#dependencies()
    const offset = header.layout === 'custom' ? await this.#offset() : undefined
    const file = header.layout === 'files' ? await this.string() : undefined
    const blank = (text: string | undefined) => (text === '' ? undefined : text)
    const relationKind = kind > 0 && kind < 128 ? String.fromCharCode(kind) : undefined
    const texts = {
      tag,
      desc,
      definition,
      drop,
      copy,
      owner,
      tablespace,
      schema: blank(schema),
      accessMethod: blank(accessMethod),
    }
    return { dumpId, hasData, ...texts, relationKind, dependsOn, offset, file: blank(file) }
  }

  /** The first of them; entries stand in an order that honours all. */
  async #dependencies(): Promise<number | undefined> {
    let first: string | undefined
    for (;;) {
      const dependency = await this.string()
      if (dependency === undefined) return first === undefined ? undefined : Number(first)
      first ??= dependency
    }
  }

  async #offset(): Promise<number | undefined> {
    const flag = await this.cursor.byte()
    let offset = 0
    for (let index = 0; index < this.offsetBytes; index++) offset += (await this.cursor.byte()) * 2 ** (8 * index)
    return flag === 2 ? offset : undefined
  }
}
