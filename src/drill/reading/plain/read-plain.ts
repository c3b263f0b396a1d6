import type { Bytes } from '../source/bytes.ts'
import type { DumpFacts } from '../sql/dump-facts.ts'
import { PlainReader } from './plain-reader.ts'
import type { PlainMap } from './row-blocks.ts'
import { SqlSplitter } from './splitter.ts'

export interface PlainReading {
  tool: string
  databases: string[]
  private: PlainMap
}

const mark = Buffer.from([0xef, 0xbb, 0xbf])

/** Reads a plain dump of PostgreSQL to its end and puts what it tells into `facts`. */
export async function readPlain(bytes: Bytes, facts: DumpFacts): Promise<PlainReading> {
  const splitter = new SqlSplitter()
  const reader = new PlainReader(facts)
  const onMark = () => reader.blocks.giveUp()
  for await (const chunk of withoutMark(bytes, onMark)) for (const piece of splitter.push(chunk)) reader.piece(piece)
  for (const piece of splitter.end()) reader.piece(piece)
  reader.end()
  judge(reader, facts)
  return { tool: toolOf(reader), databases: reader.databases, private: { blocks: reader.blocks.all } }
}

/** Without the byte order mark that editors on Windows put first. */
export async function* withoutMark(bytes: Bytes, onMark?: () => void): AsyncGenerator<Buffer> {
  let first = true
  for await (const chunk of bytes) {
    const isMarked = first && chunk.subarray(0, 3).equals(mark)
    if (isMarked) onMark?.()
    yield isMarked ? chunk.subarray(3) : chunk
    first = false
  }
}

const toolOf = ({ completeness }: PlainReader): string =>
  completeness.isCluster ? 'pg_dumpall' : completeness.isMarked ? 'pg_dump' : 'sql'

function judge(reader: PlainReader, facts: DumpFacts): void {
  if (reader.isGarbage) {
    facts.findings.splice(0, facts.findings.length, ...facts.findings.filter(({ code }) => code === 'HOSTILE_DUMP'))
    facts.found('NOT_A_DUMP', 'this is text, and no statement of SQL is in it')
    return
  }
  if (facts.findings.some(({ exit }) => exit !== 0)) return
  const creates = facts.objects.some(({ type }) => type === 'TABLE')
  if (!creates && facts.tables.length > 0)
    facts.found('NO_SCHEMA', 'rows, and no statement that makes a table: --data-only')
  if (creates && !reader.hasData && reader.completeness.isMarked)
    facts.found('ROWS_BELOW_MIN', 'tables, and the rows of none of them: --schema-only')
  if (reader.completeness.isCluster && reader.databases.length === 0) {
    const message =
      'no database is in it, only roles and tablespaces (pg_dumpall --globals-only): is it the file that is meant?'
    facts.found('EMPTY', message, 'databases')
  } else if (facts.objects.length === 0 && facts.tables.length === 0) facts.found('EMPTY', 'no table is in it')
}
