import { linesOf } from '../wire/lines.ts'

/** Rows for which `keep` is true; it is given the number of the row, from 0. */
export async function* rowsWhere(data: AsyncIterable<Buffer>, keep: (row: number) => boolean): AsyncGenerator<Buffer> {
  let row = 0
  for await (const line of linesOf(data)) if (keep(row++)) yield line
}

/** All rows, and the first of them once more at the end. */
export async function* withFirstTwice(data: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first: Buffer | undefined
  for await (const line of linesOf(data)) {
    first ??= Buffer.from(line)
    yield line
  }
  if (first) yield first
}

/** All rows; in the middle one the last letter or digit that is there is another. */
export async function* withOneChange(data: AsyncIterable<Buffer>, row: number): AsyncGenerator<Buffer> {
  let index = 0
  for await (const line of linesOf(data)) yield index++ === row ? changed(line) : line
}

function changed(line: Buffer): Buffer {
  const copy = Buffer.from(line)
  for (let at = copy.length - 2; at >= 0; at--) {
    const byte = copy[at] as number
    if (byte >= 97 && byte < 122 && copy[at - 1] !== 92) {
      copy[at] = byte + 1
      return copy
    }
  }
  return copy
}
