export interface IdempotencyRecord {
  /** Digest of method, path and body: what the key was first used for. */
  fingerprint: string
  /** The request that was executed. */
  requestId: string
  /** Epoch milliseconds after which the key is free again. */
  expiresAt: number
  /**
   * Absent while the first request is still running. The body is kept as the value it was made from: records never change, so the
   * same bytes come out again, and a stored object costs nothing.
   */
  answer?: { status: number; body: unknown }
}

/** How long Stripe remembers a key at least. */
export const idempotencyLifetimeMs = 24 * 60 * 60 * 1000

/** Idempotency keys of one account. Forgets the expired ones as new ones come; keys are in the order they were first used. */
export class IdempotencyRecords {
  private readonly records = new Map<string, IdempotencyRecord>()
  private readonly onChange: ((key: string) => void) | undefined

  /** `onChange` is told the key of every record that got its answer or went; one without an answer is nobody's business. */
  constructor(onChange?: (key: string) => void) {
    this.onChange = onChange
  }

  get size(): number {
    return this.records.size
  }

  get(key: string, now: number): IdempotencyRecord | undefined {
    const record = this.records.get(key)
    return record && record.expiresAt > now ? record : undefined
  }

  begin(key: string, fingerprint: string, requestId: string, now: number): IdempotencyRecord {
    this.forgetExpired(now)
    const record: IdempotencyRecord = { fingerprint, requestId, expiresAt: now + idempotencyLifetimeMs }
    this.records.delete(key)
    this.records.set(key, record)
    return record
  }

  /** Keeps the answer that the key gives from now on. */
  settle(key: string, record: IdempotencyRecord, answer: NonNullable<IdempotencyRecord['answer']>): void {
    record.answer = answer
    this.onChange?.(key)
  }

  /** As if the key had never been used. */
  forget(key: string): void {
    this.records.delete(key)
    this.onChange?.(key)
  }

  /** Whatever is known of a key, expired or not. */
  peek(key: string): IdempotencyRecord | undefined {
    return this.records.get(key)
  }

  /** Takes a record in as it is. */
  put(key: string, record: IdempotencyRecord): void {
    this.records.delete(key)
    this.records.set(key, record)
  }

  keys(): IterableIterator<string> {
    return this.records.keys()
  }

  private forgetExpired(now: number): void {
    for (const [key, record] of this.records) {
      if (record.expiresAt > now) return
      this.forget(key)
    }
  }
}
