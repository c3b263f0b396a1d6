/** Data of a step of which nobody needs to read all: what is left is passed over with `drain`. */
export interface Drained {
  data: AsyncIterable<Buffer>
  drain(): Promise<void>
}

/** Lets a reader stop early without losing the place in the stream behind it. */
export function drained(source: AsyncGenerator<Buffer>): Drained {
  const data = {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const { value, done } = await source.next()
        if (done) return
        yield value
      }
    },
  }
  return {
    data,
    async drain() {
      for await (const _ of source) {
        // Passed over.
      }
    },
  }
}
