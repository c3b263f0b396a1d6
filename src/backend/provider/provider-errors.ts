import { HttpError } from '../http.ts'

/** What the official client throws, as far as it is looked at. Its messages can hold parts of keys and go nowhere. */
interface ProviderError {
  type?: string
  statusCode?: number
}

/** The provider answered and will answer the same again under the same key; 409 and 429 are not kept. */
export function isAnswer(error: unknown): boolean {
  const { statusCode } = error as ProviderError
  return statusCode !== undefined && statusCode !== 409 && statusCode !== 429
}

export function asHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  const { type, statusCode } = error as ProviderError
  if (type === 'StripeIdempotencyError' || statusCode === 409)
    return new HttpError(409, 'idempotency_conflict', 'the same request is being worked on; try again')
  if (statusCode === 429) return new HttpError(503, 'provider_busy', 'the payment provider asks to wait; try again')
  if (statusCode === 402) return new HttpError(402, 'payment_refused', 'the payment provider refused the payment')
  return new HttpError(502, 'provider_failed', `the payment provider did not do it (${type ?? 'unreachable'})`)
}
