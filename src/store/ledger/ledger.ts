import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createLogFile, type LogFile, openLogFile, writeSnapshot } from './files.ts'
import { encodeFrame } from './frame.ts'
import { lockFolder } from './lock.ts'
import { recover } from './recover.ts'

/** `always`: an acknowledged change survives a power cut. `never`: it survives the end of the process only. */
export type Fsync = 'always' | 'never'

export interface LedgerOptions {
  /** Created when it is not there. */
  dir: string
  fsync?: Fsync
  /** A log longer than this, and than the last snapshot, is replaced by a new snapshot. */
  compactAfterBytes?: number
  /** Everything that changed since the last call, as one payload; undefined when nothing did. Called between requests only. */
  take(): string | undefined
  /**
   * The whole state in parts, made as they are asked for while changes go on. Each part holds values as they are then; the log that
   * begins with the first part is read behind it, so a payload that is applied twice must do no harm.
   */
  snapshot(): Iterable<string>
  /** Takes in a payload, in the order in which they were written. */
  apply(payload: string): void
  /** Told of a snapshot that failed: the log goes on being used. */
  onProblem?(error: unknown): void
}

const defaultCompactAfterBytes = 64 * 1024 * 1024

/**
 * An append-only log of state, one frame for everything that changed while the frame before was on its way (group commit), with snapshots
 * in place of old logs. A frame is there whole or not at all.
 */
export class Ledger {
  private readonly options: Required<Pick<LedgerOptions, 'fsync' | 'compactAfterBytes'>> & LedgerOptions
  private readonly unlock: () => Promise<void>
  private file: LogFile
  private isDirty = false
  /** Batches whose changes were taken, and batches that are written. */
  private taken = 0
  private written = 0
  private running: Promise<void> | undefined
  private compacting: Promise<void> | undefined
  private snapshotBytes = 0
  private failure: Error | undefined
  private isClosed = false
  /** Bytes that were cut off the log when it was opened. */
  readonly tornBytes: number

  private constructor(options: LedgerOptions, file: LogFile, tornBytes: number, unlock: () => Promise<void>) {
    this.options = { fsync: 'always', compactAfterBytes: defaultCompactAfterBytes, ...options }
    this.file = file
    this.tornBytes = tornBytes
    this.unlock = unlock
  }

  /** Reads what is there and goes on with it. Throws where another process has the folder or a file is damaged. */
  static async open(options: LedgerOptions): Promise<Ledger> {
    const dir = resolve(options.dir)
    await mkdir(dir, { recursive: true })
    const unlock = await lockFolder(dir)
    try {
      const { number, hasLog, tornBytes } = await recover(dir, options.apply)
      const file = hasLog ? await openLogFile(dir, number) : await createLogFile(dir, number)
      return new Ledger({ ...options, dir }, file, tornBytes, unlock)
    } catch (error) {
      await unlock()
      throw error
    }
  }

  /** Something changed and is to be written soon. */
  touch(): void {
    this.isDirty = true
    this.running ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.run())
  }

  /** Resolves when everything that has changed so far is written (and synced); rejects once writing has failed. */
  async settled(): Promise<void> {
    const wanted = this.isDirty ? this.taken + 1 : this.taken
    while (this.written < wanted && this.running && !this.failure) await this.running
    if (this.failure) throw this.failure
  }

  async close(): Promise<void> {
    await this.settled().catch(() => {})
    this.isClosed = true
    await this.compacting
    await this.file.close()
    await this.unlock()
  }

  /** One frame; what changes meanwhile makes the next. */
  private async run(): Promise<void> {
    this.isDirty = false
    const batch = ++this.taken
    try {
      const payload = this.options.take()
      if (payload !== undefined) await this.file.append(encodeFrame(payload), this.options.fsync === 'always')
      this.written = batch
      if (this.file.bytes > Math.max(this.options.compactAfterBytes, this.snapshotBytes)) await this.rotate()
    } catch (error) {
      this.failure = error as Error
      this.options.onProblem?.(error)
    }
    this.running = this.isDirty && !this.failure ? Promise.resolve().then(() => this.run()) : undefined
  }

  /** From here on changes go to a new log, and a snapshot that makes the older ones superfluous is made beside it. */
  private async rotate(): Promise<void> {
    if (this.compacting || this.isClosed) return
    const old = this.file
    this.file = await createLogFile(this.options.dir, old.number + 1)
    await old.close()
    this.compacting = this.compact(this.file.number).finally(() => {
      this.compacting = undefined
    })
  }

  private async compact(number: number): Promise<void> {
    try {
      const parts = this.options.snapshot()
      this.snapshotBytes = await writeSnapshot(this.options.dir, number, parts, () => this.isClosed)
    } catch (error) {
      this.options.onProblem?.(error)
    }
  }
}
