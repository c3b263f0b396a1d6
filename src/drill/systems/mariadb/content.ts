import { createReadStream } from 'node:fs'
import type { Finding } from '../../findings.ts'
import { type Insert, Inserts, placeKey } from '../../reading/mysql/inserts.ts'
import { type MysqlPiece, type MysqlRow, MysqlSplitter } from '../../reading/mysql/splitter.ts'
import type { MysqlFacts } from '../../reading/mysql/writing.ts'
import { RowDigest } from '../../reading/plain/row-digest.ts'
import { type DumpSettings, dumpRows } from './dump.ts'
import { type Pair, Suspect } from './suspect.ts'

/** What became of a table: `sha256` of its rows as they were dumped again. */
export interface Compared {
  sha256: string
  /** What is different, or why that is not known; none: the same rows. */
  finding?: Finding | undefined
}

export interface ContentRequest {
  /** The dump without compression and encryption. */
  backup: string
  facts: MysqlFacts
  dump: DumpSettings
}

/** Arguments of one program. */
const mostTables = 200

/**
 * Compares the rows of the dump with what a second dump, of the restored database, writes: SHA-256 over the rows as they stand there. Where
 * that differs both are read once more, value by value, for another version, order or option writes the same rows in another way.
 */
export async function proveContent(pairs: readonly Pair[], request: ContentRequest): Promise<Map<Pair, Compared>> {
  const compared = new Map<Pair, Compared>()
  const suspects: Pair[] = []
  for (const group of inGroups(pairs)) {
    const digests = await digestsOf(group, request)
    for (const pair of group) {
      const sha256 = (digests.get(pair.restored.nameThere) ?? new RowDigest()).digest()
      compared.set(pair, { sha256 })
      if (sha256 !== pair.file.sha256) suspects.push(pair)
    }
  }
  if (suspects.length === 0) return compared
  const isUtc = request.facts.isUtc
  const tables = suspects.map((pair) => new Suspect(pair, isUtc))
  do for (const table of tables) table.begin()
  while (await readAgain(tables, request))
  for (const table of tables) {
    const { database, name } = table.pair.file
    const isChanged = request.facts.changed.has(placeKey(database, name))
    Object.assign(compared.get(table.pair) as Compared, { finding: table.judge(isChanged) })
  }
  return compared
}

function inGroups(pairs: readonly Pair[]): Pair[][] {
  const groups = new Map<string, Pair[][]>()
  for (const pair of pairs) {
    const { database } = pair.restored
    const own = groups.get(database) ?? []
    const last = own.at(-1)
    if (last && last.length < mostTables) last.push(pair)
    else own.push([pair])
    groups.set(database, own)
  }
  return [...groups.values()].flat()
}

async function digestsOf(group: readonly Pair[], { dump }: ContentRequest): Promise<Map<string, RowDigest>> {
  const digests = new Map(group.map(({ restored }) => [restored.nameThere, new RowDigest()]))
  const tables = group.map(({ restored }) => restored.nameThere)
  await eachRow(dumpRows(dump, group[0]?.restored.database ?? '', tables), ({ name }, { bytes }) => {
    if (bytes) digests.get(name)?.update(bytes, 0)
  })
  return digests
}

async function eachRow(
  pieces: AsyncIterable<readonly MysqlPiece[]>,
  take: (insert: Insert, row: MysqlRow) => void,
): Promise<void> {
  const inserts = new Inserts()
  for await (const some of pieces)
    for (const piece of some) {
      if (piece.kind === 'statement') inserts.use(piece.code)
      const insert = piece.kind === 'row' ? inserts.of(piece.head) : undefined
      if (insert) take(insert, piece as MysqlRow)
    }
}

async function* splitFile(path: string): AsyncGenerator<MysqlPiece[]> {
  const splitter = new MysqlSplitter()
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) yield splitter.push(chunk as Buffer)
  yield splitter.end()
}

/** Reads the rows of the dump and of the database. True: some columns cannot be compared, so it must be done once more without them. */
async function readAgain(tables: readonly Suspect[], { backup, dump }: ContentRequest): Promise<boolean> {
  const saved = new Map(tables.map((each) => [placeKey(each.pair.file.database, each.pair.file.name), each]))
  await eachRow(splitFile(backup), (insert, row) => {
    dump.signal.throwIfAborted()
    saved.get(placeKey(insert.database, insert.name))?.take(insert, row, 1)
  })
  for (const table of tables) {
    const { database, nameThere } = table.pair.restored
    await eachRow(dumpRows(dump, database, [nameThere], true), (insert, row) => table.take(insert, row, -1))
  }
  return tables.some((each) => each.isBegunAnew)
}
