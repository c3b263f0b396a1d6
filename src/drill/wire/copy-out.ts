import type { Connection, Submittable } from 'pg'
import type { CopyConnection } from './copy-in.ts'
import { toDatabaseError } from './server-error.ts'

type Listener = (chunk: Buffer) => void

/** Wait for the reader at this many bytes that it has not taken. */
const highWaterMark = 4 << 20

const messages = { copyData: 0x64, copyOutResponse: 0x48, notice: 0x4e, parameterStatus: 0x53 }

/**
 * `COPY … TO STDOUT`. The server sends a message for each row; handing each of them to JavaScript would cost several times the copying
 * itself, so the bytes of the socket are taken before `pg` parses them, and the rows of one chunk moved together in place.
 */
export class CopyOut implements Submittable {
  private connection: CopyConnection | undefined
  private listeners: Listener[] = []
  private queue: Buffer[] = []
  private queued = 0
  private failure: unknown
  private isOver = false
  private wake: (() => void) | undefined
  /** Of a message whose beginning came in an earlier chunk: bytes of its header, bytes of its body that are to come. */
  private header: Buffer = Buffer.alloc(0)
  private left = 0
  private isData = false
  readonly text: string
  constructor(text: string) {
    this.text = text
  }

  submit(connection: Connection): void {
    this.connection = connection as CopyConnection
    const { stream } = this.connection
    this.listeners = stream.listeners('data') as Listener[]
    stream.removeAllListeners('data')
    stream.on('data', this.take)
    this.connection.query(this.text)
  }

  async *chunks(): AsyncGenerator<Buffer, void, undefined> {
    try {
      for (;;) {
        const chunk = this.queue.shift()
        if (chunk) {
          this.queued -= chunk.length
          if (this.queued < highWaterMark) this.connection?.stream.resume()
          yield chunk
          continue
        }
        if (this.failure) throw this.failure
        if (this.isOver) return
        await new Promise<void>((done) => {
          this.wake = done
        })
      }
    } finally {
      // A reader that stops early leaves the rest to be thrown away: the session is used again.
      this.queue = []
      this.queued = Number.NEGATIVE_INFINITY
      this.connection?.stream.resume()
    }
  }

  private readonly take = (chunk: Buffer): void => {
    let at = 0
    let to = 0
    while (at < chunk.length) {
      if (this.left > 0) {
        const length = Math.min(this.left, chunk.length - at)
        if (this.isData) {
          if (to !== at) chunk.copyWithin(to, at, at + length)
          to += length
        }
        this.left -= length
        at += length
        continue
      }
      const missing = 5 - this.header.length
      const piece = chunk.subarray(at, at + missing)
      // Copied: what lies before `at` is overwritten by the rows that move together.
      this.header = this.header.length === 0 && piece.length === 5 ? piece : Buffer.concat([this.header, piece])
      if (this.header.length < 5) {
        this.header = Buffer.from(this.header)
        break
      }
      const type = this.header[0]
      if (type !== messages.copyData && !isPassing(type)) {
        this.hand(chunk, at, missing)
        break
      }
      this.isData = type === messages.copyData
      this.left = this.header.readUInt32BE(1) - 4
      this.header = Buffer.alloc(0)
      at += missing
    }
    if (to > 0) this.push(chunk.subarray(0, to))
  }

  /** The end of the rows, or an error: from here on `pg` reads again. */
  private hand(chunk: Buffer, at: number, missing: number): void {
    const rest = Buffer.concat([this.header, chunk.subarray(at + missing)])
    this.header = Buffer.alloc(0)
    const stream = this.connection?.stream
    stream?.off('data', this.take)
    for (const listener of this.listeners) stream?.on('data', listener)
    queueMicrotask(() => {
      for (const listener of this.listeners) listener(rest)
    })
  }

  private push(chunk: Buffer): void {
    if (this.queued === Number.NEGATIVE_INFINITY) return
    this.queue.push(chunk)
    this.queued += chunk.length
    if (this.queued > highWaterMark) this.connection?.stream.pause()
    this.wake?.()
  }

  handleError(error: unknown): void {
    this.failure = toDatabaseError(error)
    this.wake?.()
  }
  handleReadyForQuery(): void {
    this.isOver = true
    this.wake?.()
  }
  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
}

const isPassing = (type: number | undefined): boolean =>
  type === messages.copyOutResponse || type === messages.notice || type === messages.parameterStatus
