import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DrillStop } from '../../../src/drill/findings.ts'
import { copyInEncoding, takenAsUtf8 } from '../../../src/drill/pglite/in-encoding.ts'

/** What is written of a stream of UTF-8 that comes byte by byte, and the statement that was asked for it. */
async function written(sql: string, text: string): Promise<[Buffer, string]> {
  let statement = ''
  const stream = copyInEncoding(sql, async function* (asked) {
    statement = asked
    for (const byte of Buffer.from(text)) yield Buffer.of(byte)
  })
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part)
  return [Buffer.concat(parts), statement]
}

test('rows in UTF-8 are handed on as they are', async () => {
  assert.deepEqual(await written('copy t to stdout', '1\tż\n'), [Buffer.from('1\tż\n'), 'copy t to stdout'])
})

test('rows in an encoding of one byte are asked for in UTF-8 and written with its bytes', async () => {
  const says = (encoding: string, text: string) => written(`copy t to stdout with (encoding '${encoding}')`, text)

  assert.deepEqual(await says('LATIN1', 'ò\u0085\n'), [Buffer.of(0xf2, 0x85, 10), 'copy t to stdout'])
  assert.deepEqual((await says('LATIN2', 'ż\n'))[0], Buffer.of(0xbf, 10))
  assert.deepEqual((await says('WIN1252', '€.‘Ÿÿ\n'))[0], Buffer.of(0x80, 0x2e, 0x91, 0x9f, 0xff, 10))
})

test('an encoding of several bytes is none that can be verified', async () => {
  const isUnavailable = (error: unknown) => error instanceof DrillStop && error.finding.code === 'ENGINE_UNAVAILABLE'

  await assert.rejects(written("copy t to stdout with (encoding 'EUC_JP')", 'x'), isUnavailable)
})

test('rows in an encoding of one byte are handed over in UTF-8', () => {
  const { sql, utf8 } = takenAsUtf8("COPY t FROM stdin WITH (ENCODING 'WIN1252')")

  assert.equal(sql, 'COPY t FROM stdin')
  assert.equal(utf8(Buffer.of(0x80, 0x2e, 0xf2)).toString(), '€.ò')
})
