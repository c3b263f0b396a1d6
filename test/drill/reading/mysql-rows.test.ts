import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hostileMysql } from '../../../src/drill/reading/mysql/hostile.ts'
import { Inserts } from '../../../src/drill/reading/mysql/inserts.ts'
import { rowValues } from '../../../src/drill/reading/mysql/row-values.ts'
import { type MysqlPiece, type MysqlRow, MysqlSplitter } from '../../../src/drill/reading/mysql/splitter.ts'

/** The pieces of a dump that comes in chunks that end at those places. */
function split(text: string, ends: readonly number[]): MysqlPiece[] {
  const splitter = new MysqlSplitter()
  const bytes = Buffer.from(text)
  const places = [0, ...[...ends].map((end) => end % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  const pieces = places.slice(1).flatMap((end, at) => splitter.push(bytes.subarray(places[at], end)))
  return [...pieces, ...splitter.end()]
}

const isRow = (piece: MysqlPiece): piece is MysqlRow => piece.kind === 'row'

const value = fc.oneof(
  fc.integer().map((number) => [String(number), String(number)] as const),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => [String(number), String(number)] as const),
  fc.constant(['NULL', ''] as const),
  fc.uint8Array({ maxLength: 5 }).map((bytes) => {
    const buffer = Buffer.from(bytes)
    return [`0x${buffer.toString('hex').toUpperCase()}`, buffer.toString('latin1')] as const
  }),
  fc
    .string({
      unit: fc.constantFrom("'", '"', '\\', '(', ')', ',', ';', '`', '-- ', '/*', '*/', '#', '\n', '\0', 'ż', 'a', ' '),
      maxLength: 12,
    })
    .map((text) => [quote(text), Buffer.from(text).toString('latin1')] as const),
)

const quote = (text: string): string =>
  `'${text.replace(/['"\\\n\0]/g, (char) => (char === "'" ? "''" : char === '\n' ? '\\n' : char === '\0' ? '\\0' : `\\${char}`))}'`

test('rows are found, with their values, wherever chunks end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(value, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(',', ',\n', ' , '),
      fc.array(fc.nat(10_000), { maxLength: 30 }),
      (rows, between, ends) => {
        const written = rows.map((row) => `(${row.map(([text]) => text).join(',')})`)
        const text = `INSERT INTO \`a;(b\` VALUES\n${written.join(between)};\nSELECT 1;\n`
        const pieces = split(text, ends)
        const found = pieces.filter(isRow)
        assert.deepEqual(
          found.map(({ bytes }) => bytes?.toString()),
          written,
        )
        assert.deepEqual(
          found.map(({ bytes }) => rowValues(bytes?.toString('latin1') ?? '').map((each) => each.text)),
          rows.map((row) => row.map(([, plain]) => plain)),
        )
        const statements = pieces.flatMap((piece) => (piece.kind === 'statement' ? [piece] : []))
        const lines = 1 + text.slice(0, text.indexOf('SELECT 1')).split('\n').length - 1
        assert.deepEqual(
          statements.map(({ tuples, line }) => [tuples, line]),
          [
            [rows.length, 1],
            [0, lines],
          ],
        )
      },
    ),
    { numRuns: 300, seed: 7 },
  )
})

test('calls, comments, other notations and names of charsets are understood', () => {
  const text = `insert into shop.\`x\` (id, \`b (\`\`,)\`, c) values
    (1, concat('a),', "b" ), default), /* (9) */ ( -2 , _binary 'a\\'b' , x'0a' ), -- (8, 'it''s
    (+3.5e-1,b'101',TRUE) ON DUPLICATE KEY UPDATE c = VALUES(c), id = (7);`
  for (const ends of [[], [...Array(text.length).keys()]]) {
    const rows = split(text, ends).filter(isRow)
    const insert = new Inserts().of(rows[0]?.head ?? '')
    assert.deepEqual(insert, { database: 'shop', name: 'x', columns: ['id', 'b (`,)', 'c'] })
    assert.deepEqual(
      rows.map(({ bytes }) => rowValues(bytes?.toString('latin1') ?? '').map(({ form, text }) => `${form} ${text}`)),
      [
        ['number 1', 'other ', 'other '],
        ['number -2', "string a'b", 'hex \n'],
        ['number +3.5e-1', 'bits \x05', 'number 1'],
      ],
    )
  }
})

test('what a row would have the server do is still seen', () => {
  const pieces = split("INSERT INTO t VALUES (1,'a'),(2,load_file('/etc/passwd')),(3,'b');", [])
  const codes = pieces.flatMap((piece) => (piece.kind === 'statement' ? [piece.code] : []))
  assert.deepEqual(codes.map(hostileMysql), ['load_file()'])
})
