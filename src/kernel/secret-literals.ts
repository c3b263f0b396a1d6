import { findKnownSecrets } from './known-secrets.ts'

export interface SecretLiteral {
  /** `stripe-test-key` */
  name: string
  start: number
  end: number
}

/** In a file that people keep in git even a short key is one too many; a rule such as `^sk_test_` names a shape and is none. */
const shortKey = /(?<!\w)(?:(?:sk|rk)_(?:live|test)|whsec)_[A-Za-z0-9]{10,}/g

/** Every value in a text that is a secret by its shape alone. */
export function findSecretLiterals(text: string): SecretLiteral[] {
  const short = [...text.matchAll(shortKey)].map((match) => {
    const name = match[0].startsWith('whsec') ? 'webhook-signing-secret' : 'stripe-key'
    return { name, start: match.index, end: match.index + match[0].length }
  })
  return [...findKnownSecrets(text), ...short]
}

/** The text with such values starred out, at the same length so that a caret below it still fits. */
export function maskSecretLiterals(text: string): string {
  return findSecretLiterals(text).reduce(
    (masked, { start, end }) => masked.slice(0, start) + '*'.repeat(end - start) + masked.slice(end),
    text,
  )
}
