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

  /** As if the key had never been used. */
  forget(key: string): void {
    this.records.delete(key)
  }

  private forgetExpired(now: number): void {
    for (const [key, record] of this.records) {
      if (record.expiresAt > now) return
      this.records.delete(key)
    }
  }
}
