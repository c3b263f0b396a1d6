import { Stripe } from 'stripe'

const decimalClass = Stripe.Decimal.zero.constructor as new () => object

/** A decoded answer of the SDK as a TypeScript expression: decimals and big integers are what the SDK made of them, not text. */
export function literalOf(value: unknown): string {
  if (value === undefined) return 'undefined'
  // Events of v2 get a method from the SDK that fetches what they are about.
  if (typeof value === 'function') return 'anyFunction'
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof decimalClass) return `decimal(${JSON.stringify(String(value))})`
  if (Array.isArray(value)) return `[${value.map(literalOf).join(', ')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  // Only events that are fetched get it, which its declarations do not say.
  const isEvent = (value as { object?: unknown }).object === 'v2.core.event'
  if (isEvent && !('fetchRelatedObject' in value)) return literalOf({ ...value, fetchRelatedObject() {} })
  // Stripe counts the items of embedded lists, which its declarations do not say.
  const isList = (value as { object?: unknown }).object === 'list'
  const fields = Object.entries(value).filter(
    ([name, inner]) => inner !== undefined && !(isList && name === 'total_count'),
  )
  return `{ ${fields.map(([name, inner]) => `${JSON.stringify(name)}: ${literalOf(inner)}`).join(', ')} }`
}

/** `export const a7: Answer<typeof stripe.refunds.create> = {…}`; `method` is the path on the client. OAuth answers come bare. */
export const assignment = (index: number, method: string, answer: object): string => {
  const { lastResponse: _, ...fields } = answer as { lastResponse?: unknown }
  const text = literalOf(fields)
  const rest = method.startsWith('oauth.') ? '' : ', lastResponse'
  return `// ${method}\nexport const a${index}: Answer<typeof stripe.${method}> = ${text.slice(0, -2)}${rest} }\n`
}

/** What every file of assignments begins with. `Awaited` of a method's promise is the SDK's own word for its answer. */
export const prelude = [
  "import type { Stripe } from 'stripe'",
  'declare const stripe: Stripe',
  'declare const lastResponse: never',
  'declare const anyFunction: never',
  'declare const decimal: (text: string) => Stripe.Decimal',
  'type Answer<Method extends (...args: never[]) => unknown> = Awaited<ReturnType<Method>>',
  'void stripe; void lastResponse; void decimal; void anyFunction',
  '',
].join('\n')
