/** An answer of PayPal's API that is not a success. */
export class PayPalError extends Error {
  override readonly name = 'PayPalError'
  readonly status: number
  /** `RESOURCE_NOT_FOUND`, `UNPROCESSABLE_ENTITY` … */
  readonly code: string
  /** `CAPTURE_FULLY_REFUNDED` … */
  readonly issue: string | undefined

  constructor(status: number, code: string, message: string, issue?: string) {
    super(message)
    this.status = status
    this.code = code
    this.issue = issue
  }
}

export const notFound = (what: string): PayPalError =>
  new PayPalError(404, 'RESOURCE_NOT_FOUND', `The specified resource does not exist: ${what}`, 'INVALID_RESOURCE_ID')

export const unprocessable = (issue: string, message: string): PayPalError =>
  new PayPalError(422, 'UNPROCESSABLE_ENTITY', message, issue)

export const invalid = (message: string): PayPalError => new PayPalError(400, 'INVALID_REQUEST', message)

/** The body of PayPal's errors. */
export const errorBody = ({ code, message, issue }: PayPalError, debugId: string): object => ({
  name: code,
  message,
  debug_id: debugId,
  details: issue === undefined ? [] : [{ issue, description: message }],
  links: [],
})
