import { createHash } from 'node:crypto'
import type { HttpAnswer } from '../stripe/http.ts'
import { unprocessable } from './error.ts'
import type { PayPalCall } from './types.ts'

interface Stored {
  fingerprint: string
  answer: HttpAnswer
}

/** The answers given under `PayPal-Request-Id`: the same id gives the same answer again. */
export class Replays {
  private readonly stored = new Map<string, Stored>()

  /** The earlier answer; throws where the id was used for something else. */
  find(call: PayPalCall): HttpAnswer | undefined {
    const known = call.idempotencyKey === undefined ? undefined : this.stored.get(nameOf(call))
    if (!known) return undefined
    if (known.fingerprint !== fingerprintOf(call))
      throw unprocessable(
        'DUPLICATE_REQUEST_ID',
        'The value of PayPal-Request-Id was already used for another request.',
      )
    return known.answer
  }

  keep(call: PayPalCall, answer: HttpAnswer): void {
    if (call.idempotencyKey === undefined || call.method !== 'POST' || this.stored.has(nameOf(call))) return
    this.stored.set(nameOf(call), { fingerprint: fingerprintOf(call), answer })
  }

  clear(): void {
    this.stored.clear()
  }
}

const nameOf = ({ path, idempotencyKey }: PayPalCall): string => `${path} ${idempotencyKey}`

const fingerprintOf = ({ body }: PayPalCall): string => createHash('sha256').update(body).digest('base64')
