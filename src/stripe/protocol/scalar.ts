import type { Code } from '../catalogue/codes.ts'
import { type StripeError, stripeError } from '../error.ts'

/** Longest text that a parameter without a limit of its own may have. */
const longestText = 5000

/**
 * A text, number or boolean as the code wants it; throws Stripe's error for one that it is not. In forms everything is a text; JSON
 * has types of its own, and a text is no number there.
 */
export function coerceScalar(value: unknown, code: Code, at: string, isJson = false): unknown {
  if (typeof value === 'object' || (isJson && !isOfType(value, code)))
    throw code.kind === 'string' ? invalidString(value, at) : invalidScalar(value, code, at)
  const text = String(value)
  switch (code.kind) {
    case 'integer':
    case 'timestamp':
      return integer(text, code, at)
    case 'float':
      return float(text, at)
    case 'decimal':
      if (!/^-?\d{1,30}(\.\d{1,12})?$/.test(text))
        throw stripeError(400, undefined, `Invalid decimal: ${quote(text)}`, at)
      return text
    case 'boolean':
      if (text === 'true' || text === 'false') return text === 'true'
      throw stripeError(400, undefined, `Invalid boolean: ${quote(text)}`, at)
    case 'literal':
    case 'enum':
      return member(value, text, code, at)
    default:
      return limited(text, code.maxLength ?? longestText, at)
  }
}

function isOfType(value: unknown, { kind }: Code): boolean {
  if (kind === 'integer' || kind === 'timestamp' || kind === 'float') return typeof value === 'number'
  if (kind === 'boolean') return typeof value === 'boolean'
  return kind !== 'string' || typeof value === 'string'
}

function integer(text: string, code: Code, at: string): number {
  const number = Number(text)
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(number)) return number
  if (code.kind === 'timestamp' && /^\d{4}-\d\d-\d\d/.test(text)) {
    const what = 'Invalid timestamp: must be an integer Unix timestamp in seconds'
    throw stripeError(400, 'parameter_invalid_integer', what, at)
  }
  throw stripeError(400, 'parameter_invalid_integer', `Invalid integer: ${quote(text)}`, at)
}

function float(text: string, at: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return Number(text)
  throw stripeError(400, undefined, `Invalid decimal: ${quote(text)}`, at)
}

function member(value: unknown, text: string, code: Code, at: string): unknown {
  const values = code.values!
  if (values.includes(text)) return text === 'true' || text === 'false' ? text === 'true' : value
  const name = /\[?([^[\]]+)\]?$/.exec(at)?.[1] ?? at
  // Lists of open enumerations are the SDK's: a value that is newer than the SDK is refused too, and the message tells why.
  const source = code.isOpen ? ' (the values that this version of the stripe package lists)' : ''
  throw stripeError(400, undefined, `Invalid ${name}: must be ${oneOf(values)}${source}`, at)
}

function limited(text: string, maximum: number, at: string): string {
  if (text.length <= maximum) return text
  const shown = `${text.slice(0, 8)}...${text.slice(-6)}`
  throw stripeError(400, undefined, `Invalid string: ${shown}; must be at most ${maximum} characters`, at)
}

function oneOf(values: readonly string[]): string {
  if (values.length === 1) return values[0]!
  if (values.length === 2) return `${values[0]} or ${values[1]}`
  return `one of ${values.slice(0, -1).join(', ')}, or ${values.at(-1)}`
}

const invalidScalar = (value: unknown, code: Code, at: string): StripeError =>
  code.kind === 'integer' || code.kind === 'timestamp'
    ? stripeError(400, 'parameter_invalid_integer', `Invalid integer: ${show(value)}`, at)
    : stripeError(400, undefined, `Invalid ${code.kind === 'enum' ? 'string' : code.kind}: ${show(value)}`, at)

export const invalidString = (value: unknown, at: string): StripeError =>
  stripeError(400, undefined, `Invalid string: ${show(value)}`, at)

const quote = (text: string): string => text.slice(0, 100)
const show = (value: unknown): string => (JSON.stringify(value) ?? String(value)).slice(0, 100)
