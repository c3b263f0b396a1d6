/** Below this a number is seconds since the epoch, above it milliseconds: the year 5138 and 1973 respectively. */
const firstMilliseconds = 1e11

/**
 * Epoch milliseconds of a timestamp as programs write them: seconds, milliseconds, or ISO 8601 with a zone. Undefined for anything
 * else: a text without a zone means another moment on every machine. `precisionMs` is how much the writer rounded away.
 */
export function parseTimestamp(value: unknown): { ms: number; precisionMs: number } | undefined {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) {
    if (value >= firstMilliseconds) return { ms: value, precisionMs: 1 }
    return { ms: value * 1000, precisionMs: Number.isInteger(value) ? 1000 : 1 }
  }
  if (typeof value !== 'string') return undefined
  const match = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i.exec(value.trim())
  const ms = match ? Date.parse(value.trim()) : Number.NaN
  if (Number.isNaN(ms)) return undefined
  return { ms, precisionMs: match?.[2] ? 1 : match?.[1] ? 1000 : 60_000 }
}
