import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { readPlain } from '../../../src/drill/reading/plain/read-plain.ts'
import { SqlSplitter } from '../../../src/drill/reading/plain/splitter.ts'
import { DumpFacts } from '../../../src/drill/reading/sql/dump-facts.ts'
import { chunked, randomDump } from './random-dump.ts'

async function* stream(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks
}

async function read(bytes: Buffer, sizes: readonly number[] = [100_000]): Promise<DumpFacts> {
  const facts = new DumpFacts(new Set())
  await readPlain(stream(chunked(bytes, sizes)), facts)
  return facts
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 })

test('a whole dump reads as what it was made of, however its bytes come in', async () => {
  await fc.assert(
    fc.asyncProperty(randomDump, sizes, async ({ text, tables, streams }, cuts) => {
      const facts = await read(text, cuts)
      assert.deepEqual(facts.findings, [])
      assert.deepEqual(
        facts.tables.map(({ schema, name, rows, sha256 }) => ({ schema, name, rows, sha256 })),
        tables.map((table, index) => ({
          ...table,
          sha256: createHash('sha256')
            .update(streams[index] as string)
            .digest('hex'),
        })),
      )
    }),
    { numRuns: 300 },
  )
})

test('a dump that is cut anywhere never reads as complete', async () => {
  await fc.assert(
    fc.asyncProperty(randomDump, fc.double({ min: 0, max: 1, noNaN: true }), async ({ text }, where) => {
      const mark = text.lastIndexOf('PostgreSQL database dump complete')
      const cut = Math.floor(where * (mark + 'PostgreSQL database dump complet'.length))
      const facts = await read(text.subarray(0, cut))
      assert.ok(
        facts.findings.some(({ exit }) => exit === 1),
        `cut at ${cut} of ${text.length}`,
      )
    }),
    { numRuns: 300 },
  )
})

test('a dump that is cut between two of its parts never reads as complete', async () => {
  await fc.assert(
    fc.asyncProperty(randomDump, fc.nat(), async ({ parts }, pick) => {
      const facts = await read(Buffer.concat(parts.slice(0, pick % parts.length)))
      assert.ok(facts.findings.some(({ exit }) => exit === 1))
    }),
    { numRuns: 200 },
  )
})

test('chunks do not matter: the pieces are the same as of one chunk', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        randomDump.map(({ text }) => text),
        fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      ),
      sizes,
      (bytes, cuts) => {
        assert.deepEqual(piecesOf(chunked(bytes, cuts)), piecesOf([bytes]))
      },
    ),
    { numRuns: 500 },
  )
})

test('random bytes and random SQL never crash the splitter or make it lose its way', async () => {
  const token = fc.constantFrom(
    "'",
    '"',
    '$$',
    '$a$',
    '--',
    '/*',
    '*/',
    '\n',
    '\\',
    '\\.',
    ';',
    '(',
    ')',
    "e'",
    'COPY t FROM stdin;',
    '\\.\n',
    'BEGIN',
    'create function',
    'x',
    '\r',
    ' ',
    '\0',
    'ż',
  )
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.array(token, { maxLength: 60 }).map((each) => Buffer.from(each.join(''))),
        fc.uint8Array({ maxLength: 2000 }).map((each) => Buffer.from(each)),
      ),
      async (bytes) => {
        await read(bytes, [7])
      },
    ),
    { numRuns: 1000 },
  )
})

/** Rows joined: how they are cut is the chunks' business. */
function piecesOf(chunks: Iterable<Buffer>): unknown[] {
  const splitter = new SqlSplitter()
  const found: { kind: string; text: string; line: number | undefined }[] = []
  const pieces = [...chunks].flatMap((chunk) =>
    splitter.push(chunk).map((piece) => ({ ...piece, ...('bytes' in piece && { bytes: Buffer.from(piece.bytes) }) })),
  )
  for (const piece of [...pieces, ...splitter.end()]) {
    const text = 'bytes' in piece ? piece.bytes.toString('latin1') : 'text' in piece ? piece.text : ''
    const last = found.at(-1)
    if (piece.kind === 'rows' && last?.kind === 'rows') last.text += text
    else found.push({ kind: piece.kind, text: piece.kind === 'open' ? piece.inside : text, line: piece.line })
  }
  return found
}
