import { createHmac } from 'node:crypto'

export const keyKinds = ['secret', 'publishable', 'restricted', 'webhook-secret'] as const
export type KeyKind = (typeof keyKinds)[number]
export type KeyMode = 'live' | 'test'

/** What the text of a Stripe key tells about it, without asking anyone. */
export interface KeyClass {
  provider: 'stripe'
  kind: KeyKind
  /** Signing secrets (`whsec_`) carry no mode. */
  mode?: KeyMode
  /** The part that keys of one account share; keys made since 2019 begin with `51` and carry it. */
  account?: string
}

export interface FoundKey extends KeyClass {
  value: string
  /** Where it stands in the text; line and column count from 1. */
  line: number
  column: number
  /** A stand-in such as `sk_live_xxxxxxxx`, which opens nothing. */
  isPlaceholder: boolean
}

const prefixes: Record<string, KeyKind> = { sk: 'secret', pk: 'publishable', rk: 'restricted' }

/** A key must not be the tail of a longer word; 8 characters are the shortest that anyone hands out (docs.stripe.com/keys). */
const keyPattern =
  /(?<![A-Za-z0-9_])(?:(sk|pk|rk)_(live|test)_([A-Za-z0-9]{8,247})|(whsec_)([A-Za-z0-9+/_-]{16,255}={0,2}))/g

/** The class of one value that is a key and nothing else; undefined for any other text. */
export function classifyKey(value: string): KeyClass | undefined {
  const [found, ...others] = findKeys(value)
  if (!found || others.length > 0 || found.value !== value.trim()) return undefined
  const { provider, kind, mode, account } = found
  return { provider, kind, ...(mode && { mode }), ...(account && { account }) }
}

/** Every Stripe key in a text, with its place. */
export function findKeys(text: string): FoundKey[] {
  let line = 1
  let lineStart = 0
  let scanned = 0
  return [...text.matchAll(keyPattern)].map((match) => {
    for (let at = text.indexOf('\n', scanned); at !== -1 && at < match.index; at = text.indexOf('\n', scanned)) {
      line++
      lineStart = scanned = at + 1
    }
    const [value, prefix, mode, body] = match
    const random = body ?? match[5]!
    const account = body === undefined ? undefined : accountOf(body)
    return {
      provider: 'stripe',
      kind: prefix ? prefixes[prefix]! : 'webhook-secret',
      ...(mode && { mode: mode as KeyMode }),
      ...(account && { account }),
      value,
      line,
      column: match.index - lineStart + 1,
      isPlaceholder: new Set(random.toLowerCase()).size < 4,
    }
  })
}

/** `51` and the 15 characters after it stand for the account; shorter keys are from before accounts were part of them. */
const accountOf = (body: string): string | undefined =>
  body.startsWith('51') && body.length >= 40 ? body.slice(2, 17) : undefined

/**
 * Whether two keys belong together: same mode, same account. `unknown` where the modes agree but a key does not tell its account;
 * only the provider can answer then.
 */
export function samePair(one: KeyClass, other: KeyClass): 'same' | 'different' | 'unknown' {
  if (one.mode !== other.mode) return 'different'
  if (!one.account || !other.account) return 'unknown'
  return one.account === other.account ? 'same' : 'different'
}

/** Tells two keys apart without showing either: eight hex digits of an HMAC under a key that is thrown away with the run. */
export const fingerprintKey = (value: string, hmacKey: Uint8Array): string =>
  createHmac('sha256', hmacKey).update(value).digest('hex').slice(0, 8)

/** `live secret key 3f9a01bc`: all that may ever be shown of a key. */
export const describeKey = ({ kind, mode }: KeyClass, fingerprint: string): string =>
  kind === 'webhook-secret' ? `webhook signing secret ${fingerprint}` : `${mode} ${kind} key ${fingerprint}`
