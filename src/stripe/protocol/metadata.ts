import { stripeError } from '../error.ts'

const limits = { keys: 50, key: 40, value: 500 }

/** Metadata as it was sent: texts by key, `""` for keys to remove. Throws for what is over Stripe's limits. */
export function checkMetadata(value: unknown, at: string): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw stripeError(400, undefined, 'Invalid object', at)
  const metadata: Record<string, string> = {}
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key]
    if (typeof item === 'object' && item !== null)
      throw stripeError(
        400,
        undefined,
        'Metadata values must be strings; nested values are not supported.',
        `${at}[${key}]`,
      )
    const text = item === null ? '' : String(item)
    metadata[key] = text
    checkKey(key, at)
    checkText(text, key, at)
  }
  return metadata
}

function checkKey(key: string, at: string): void {
  if (key.length <= limits.key) return
  const message =
    `Metadata keys can have up to ${limits.key} characters, but you passed in a key that is ${key.length} characters. ` +
    `Invalid key: ${key.slice(0, 60)}`
  throw stripeError(400, undefined, message, `${at}[${key}]`)
}

function checkText(text: string, key: string, at: string): void {
  if (text.length <= limits.value) return
  const message =
    `Metadata values can have up to ${limits.value} characters, but you passed in a value that is ${text.length} ` +
    `characters. Invalid value: ${text.slice(0, 60)}`
  throw stripeError(400, undefined, message, `${at}[${key}]`)
}

/** Keys are added or replaced, `""` removes one, null (an emptied `metadata`) removes all. */
export function mergeMetadata(
  current: Readonly<Record<string, string>> | null | undefined,
  given: Readonly<Record<string, string>> | null,
): Record<string, string> {
  if (given === null) return {}
  const merged: Record<string, string> = { ...current }
  for (const key in given) {
    if (given[key] !== '') merged[key] = given[key]!
    else if (merged[key] !== undefined) delete merged[key]
  }
  const count = Object.keys(merged).length
  if (count > limits.keys) {
    const message = `Metadata can have up to ${limits.keys} keys, but this object would have ${count}.`
    throw stripeError(400, undefined, message, 'metadata')
  }
  return merged
}
