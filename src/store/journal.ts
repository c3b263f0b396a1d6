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

/** The last requests of an account; the oldest make room. */
export class Journal {
  private readonly entries: JournalEntry[] = []
  private next = 0
  private readonly capacity: number
  /** All requests ever, also those that were dropped. */
  total = 0

  constructor(capacity = 10_000) {
    this.capacity = capacity
  }

  add(entry: JournalEntry): void {
    this.entries[this.next] = entry
    this.next = (this.next + 1) % this.capacity
    this.total++
  }

  /** Oldest first. */
  list(): JournalEntry[] {
    if (this.entries.length < this.capacity) return [...this.entries]
    return [...this.entries.slice(this.next), ...this.entries.slice(0, this.next)]
  }
}
