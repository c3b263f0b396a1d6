/** One answered request. Bodies are not kept: what matters is what was asked for and how it was decided. */
export interface JournalEntry {
  /** `req_…` */
  id: string
  /** Epoch milliseconds on the account's clock. */
  at: number
  method: string
  path: string
  status: number
  /** `POST /v1/refunds/{id}`; absent where no operation was found. */
  operation?: string
  /** True where no resource file decided the answer. */
  generic?: true
  error?: { type?: string; code?: string; param?: string; message?: string }
  idempotencyKey?: string
  replayed?: true
  /** What a careful client should hear: an unknown API version, a deprecated parameter. */
  notes?: string[]
  /** Parameters as they came, `expand` included; bounded. */
  params?: unknown
  durationMs: number
}

export interface JournalLimits {
  entries?: number
  /** Of the sizes that entries are added with. */
  bytes?: number
}

/** What an entry takes beside its parameters, roughly. */
const entrySize = 400

/** The last requests of an account; the oldest make room, for the number of entries and for what they weigh. */
export class Journal {
  private entries: { entry: JournalEntry; size: number }[] = []
  /** Where the oldest one is; what stands before it has gone. */
  private first = 0
  private bytes = 0
  private readonly limits: Required<JournalLimits>
  /** All requests ever, also those that were dropped. */
  total = 0

  constructor({ entries = 10_000, bytes = 16 * 1024 * 1024 }: JournalLimits = {}) {
    this.limits = { entries, bytes }
  }

  /** `paramsSize`: bytes of the request that the parameters came in. */
  add(entry: JournalEntry, paramsSize = 0): void {
    const size = entrySize + paramsSize
    this.entries.push({ entry, size })
    this.bytes += size
    this.total++
    while (this.isOverfull()) this.drop()
    if (this.first > this.limits.entries) this.forgetDropped()
  }

  /** Oldest first. */
  list(): JournalEntry[] {
    return this.entries.slice(this.first).map(({ entry }) => entry)
  }

  private isOverfull(): boolean {
    const count = this.entries.length - this.first
    return count > this.limits.entries || (this.bytes > this.limits.bytes && count > 1)
  }

  private drop(): void {
    this.bytes -= this.entries[this.first]!.size
    this.entries[this.first] = gone
    this.first++
  }

  private forgetDropped(): void {
    this.entries = this.entries.slice(this.first)
    this.first = 0
  }
}

/** In the place of what was dropped, so that it can be collected. */
const gone = { entry: { id: '', at: 0, method: '', path: '', status: 0, durationMs: 0 }, size: 0 }
