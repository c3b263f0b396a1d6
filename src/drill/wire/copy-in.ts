import type { Connection, Submittable } from 'pg'
import type { CopySink } from '../engines/define.ts'
import { toDatabaseError } from './server-error.ts'

/** The parts of a connection of `pg` that COPY needs and its declarations leave out. */
export interface CopyConnection extends Connection {
  sendCopyFail(message: string): void
  endCopyFrom(): void
}

/** Frames are at most this long: the server holds a whole one in memory. */
const frameBytes = 1 << 20

/**
 * `COPY … FROM stdin` without copying the data once more: the frame's header and the chunk go to the socket one after the other.
 * pg-copy-streams would make a Writable of it; a sink that is awaited chunk by chunk needs none of a stream's buffers.
 */
export class CopyIn implements Submittable {
  private connection: CopyConnection | undefined
  private failure: unknown
  private rows = 0
  private wake: (() => void) | undefined
  private isReady = false
  private isOver = false
  readonly text: string
  constructor(text: string) {
    this.text = text
  }

  submit(connection: Connection): void {
    this.connection = connection as CopyConnection
    this.connection.query(this.text)
  }

  /** Resolves when the server has taken the statement and waits for rows. */
  async opened(): Promise<CopySink> {
    await this.until(() => this.isReady)
    return {
      write: (chunk) => this.write(chunk),
      end: async () => {
        this.connection?.endCopyFrom()
        await this.until(() => this.isOver)
        return this.rows
      },
      abort: async () => {
        if (!this.isOver) this.connection?.sendCopyFail('given up')
        await this.until(() => this.isOver).catch(() => {})
      },
    }
  }

  private async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; at += frameBytes) {
      if (this.failure) throw this.failure
      const piece = chunk.subarray(at, at + frameBytes)
      const header = Buffer.allocUnsafe(5)
      header[0] = 0x64
      header.writeUInt32BE(piece.length + 4, 1)
      const { stream } = this.connection as CopyConnection
      stream.write(header)
      if (!stream.write(piece)) await this.drained(stream)
    }
  }

  /** A server that refuses a row stops reading: its error must end the wait as well. */
  private async drained(stream: Connection['stream']): Promise<void> {
    let isDrained = false
    const onDrain = () => {
      isDrained = true
      this.wake?.()
    }
    stream.once('drain', onDrain)
    try {
      await this.until(() => isDrained)
    } finally {
      stream.off('drain', onDrain)
    }
  }

  private async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) {
      if (this.failure) throw this.failure
      await new Promise<void>((done) => {
        this.wake = done
      })
    }
    if (this.failure) throw this.failure
  }

  handleCopyInResponse(): void {
    this.isReady = true
    this.wake?.()
  }
  handleCommandComplete(message: { text: string }): void {
    this.rows = Number(/^COPY (\d+)/.exec(message.text)?.[1] ?? 0)
  }
  handleError(error: unknown): void {
    this.failure = toDatabaseError(error)
    this.wake?.()
  }
  handleReadyForQuery(): void {
    this.isOver = true
    if (!this.isReady) this.failure ??= new Error('the statement was no COPY FROM stdin')
    this.wake?.()
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
}
