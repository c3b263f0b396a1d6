import { createHash, type Hash } from 'node:crypto'

/** A sum over the contents of large objects that does not depend on their order. Empty ones add nothing to it. */
export class ObjectDigest {
  #sum = 0n
  #open: { hash: Hash; bytes: number } | undefined

  begin(oid: string): void {
    this.end()
    this.#open = { hash: createHash('sha256').update(`${oid}\n`), bytes: 0 }
  }

  update(bytes: Uint8Array): void {
    if (!this.#open) return
    this.#open.hash.update(bytes)
    this.#open.bytes += bytes.length
  }

  /** Bytes of the object that is open. */
  get length(): number {
    return this.#open?.bytes ?? 0
  }

  end(): void {
    if (this.#open && this.#open.bytes > 0)
      this.#sum = BigInt.asUintN(256, this.#sum + BigInt(`0x${this.#open.hash.digest('hex')}`))
    this.#open = undefined
  }

  /** 64 hex digits, of all objects that were ended. */
  get text(): string {
    return this.#sum.toString(16).padStart(64, '0')
  }
}
