import type { Secrets } from '../kernel/secrets.ts'

const longestText = 4000
const deepest = 12

/** A copy of a value that can be written as JSON, without secrets, without control characters and of bounded size. */
export function printable(value: unknown, secrets: Secrets, depth = 0): unknown {
  if (typeof value === 'string') return clean(value, secrets)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return undefined
  if (depth >= deepest) return '...'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (Array.isArray(value)) return value.map((each) => printable(each, secrets, depth + 1) ?? null)
  const entries = Object.entries(value).map(([key, inner]) => [
    clean(key, secrets),
    printable(inner, secrets, depth + 1),
  ])
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined))
}

/** Text for people: secrets out, escape sequences and other control characters out (a target could rewrite the terminal with them). */
export function clean(text: string, secrets: Secrets): string {
  const redacted = secrets.redact(text)
  const plain = redacted
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, ' ')
  return plain.length > longestText ? `${plain.slice(0, longestText)}... (${plain.length} characters)` : plain
}
