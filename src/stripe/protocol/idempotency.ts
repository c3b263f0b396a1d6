import { createHash } from 'node:crypto'
import type { IdempotencyRecord, IdempotencyRecords } from '../../store/idempotency.ts'
import { StripeError } from '../error.ts'

const longestKey = 255

/** What a key stands for: everything that decides the answer. */
export function fingerprintOf(method: string, url: string, body: Uint8Array | undefined): string {
  const hash = createHash('sha1').update(`${method} ${url}\n`)
  if (body) hash.update(body)
  return hash.digest('base64')
}

/** The earlier answer under this key, if there is one. Throws where the key is in use or was used for something else. */
export function findReplay(
  records: IdempotencyRecords,
  key: string,
  fingerprint: string,
  now: number,
): IdempotencyRecord | undefined {
  if (key.length > longestKey) throw refused(400, `Idempotency keys can have up to ${longestKey} characters.`)
  const record = records.get(key, now)
  if (!record) return undefined
  if (record.fingerprint !== fingerprint)
    throw refused(
      400,
      'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
        `Try using a key other than '${key}' if you meant to execute a different request.`,
    )
  if (record.answer) return record
  throw refused(
    409,
    'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, ' +
      `and the other request is still going through): ${key}. Please try again later.`,
    'idempotency_key_in_use',
  )
}

const refused = (status: number, message: string, code?: string): StripeError =>
  new StripeError(status, { type: 'idempotency_error', message, ...(code && { code }) })
