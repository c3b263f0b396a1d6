/** Lines of COPY data, with their ends; a value never holds one. */
export async function* linesOf(data: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0)
  for await (const chunk of data) {
    const buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk)
    let from = 0
    for (let at = buffer.indexOf(10); at >= 0; at = buffer.indexOf(10, from)) {
      yield buffer.subarray(from, at + 1)
      from = at + 1
    }
    rest = Buffer.from(buffer.subarray(from))
  }
  if (rest.length > 0) yield rest
}
