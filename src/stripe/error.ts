/** The `error` object of an answer, without what the protocol adds (`doc_url`, `request_log_url`). */
export interface StripeErrorFields {
  type?: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error' | 'rate_limit_error'
  code?: string
  message?: string
  param?: string
  decline_code?: string
  charge?: string
  payment_intent?: object
  payment_method?: object
  setup_intent?: object
  source?: object
  payment_method_type?: string
  [field: string]: unknown
}

/** An answer other than 200. Throwing one in a handler keeps what was stored before it, as a decline does at Stripe. */
export class StripeError extends Error {
  override readonly name = 'StripeError'
  readonly status: number
  readonly fields: StripeErrorFields
  /** Further headers of the answer. */
  readonly headers: Record<string, string> | undefined

  constructor(status: number, fields: StripeErrorFields, headers?: Record<string, string>) {
    super(fields.message)
    this.status = status
    this.fields = fields
    this.headers = headers
  }
}

/** `stripeError(400, 'amount_too_large', 'Refund amount …', 'amount')`; `type` is `invalid_request_error`, or `card_error` at 402. */
export const stripeError = (
  status: number,
  code: string | undefined,
  message: string,
  param?: string,
  more: StripeErrorFields = {},
): StripeError =>
  new StripeError(status, {
    type: status === 402 ? 'card_error' : status >= 500 ? 'api_error' : 'invalid_request_error',
    ...(code !== undefined && { code }),
    message,
    ...(param !== undefined && { param }),
    ...more,
  })
