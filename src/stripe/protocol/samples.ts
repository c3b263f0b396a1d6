import type { FillWorld, Json } from './shape.ts'

/** Where a required enumeration is undecided, the first of these it has; else its first value. */
const preferred = [
  'active',
  'open',
  'pending',
  'draft',
  'requires_payment_method',
  'requires_confirmation',
  'created',
  'enabled',
  'inactive',
  'processing',
  'available',
  'none',
  'usd',
  'US',
]

export const preferredValue = (values: readonly string[]): string =>
  preferred.find((value) => values.includes(value)) ?? values[0]!

/** Texts that mean something where any text would do for the type. */
const texts: Record<string, string> = {
  currency: 'usd',
  country: 'US',
  country_code: 'US',
  default_currency: 'usd',
  timezone: 'Etc/UTC',
  last4: '4242',
  brand: 'visa',
  fingerprint: '',
}

/** A required text that nobody decided. Dates of v2 are ISO texts, client secrets begin with the id. */
export function defaultText(name: string, given: Json, world: FillWorld): string {
  const known = texts[name]
  if (known !== undefined) return known || world.newSecret(16)
  if (name === 'client_secret') return `${typeof given.id === 'string' ? given.id : ''}_secret_${world.newSecret(24)}`
  if (name === 'secret') return world.newSecret(32)
  if (/^(created|updated)$|_at$/.test(name)) return new Date(world.now * 1000).toISOString()
  return ''
}
