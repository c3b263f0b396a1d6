/** A value as an object, whatever it is: options are known to their own check alone. */
export const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

const negative = /^(?:not|absent|none|notContains|notMatch|lt|lte|maxLatency)$/

/** Whether something must be there: a wish that only forbids is content with nothing. */
export function wantsSomething(value: unknown): boolean {
  if (value === undefined || value === null) return false
  if (typeof value !== 'object') return true
  return Object.entries(value).some(([key, inner]) => !negative.test(key) && wantsSomething(inner))
}
