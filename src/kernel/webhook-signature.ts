import { createHmac, timingSafeEqual } from 'node:crypto'

/** Seconds between signing and receipt that Stripe's own libraries accept. */
export const defaultToleranceSeconds = 300

/** Why a `Stripe-Signature` was not accepted; every one means: answer 400 and do nothing else. */
export type SignatureFailure =
  | 'payload-empty'
  | 'secret-missing'
  | 'header-missing'
  | 'header-malformed'
  | 'no-v1-signature'
  | 'no-match'
  | 'too-old'
  | 'too-new'

export type SignatureVerdict =
  /** `timestamp` is in seconds; `secretIndex` tells which of the secrets fitted (the second while one is being rolled). */
  { ok: true; timestamp: number; secretIndex: number } | { ok: false; failure: SignatureFailure; message: string }

export interface VerifyOptions {
  /** 0 switches the age check off. */
  toleranceSeconds?: number
  /** Milliseconds since the epoch. */
  now: number
}

const messages: Record<SignatureFailure, string> = {
  'payload-empty': 'the body is empty',
  'secret-missing': 'no signing secret is configured (they begin with whsec_)',
  'header-missing': 'there is no Stripe-Signature header',
  'header-malformed': 'the Stripe-Signature header is not t=<seconds>,v1=<hex>',
  'no-v1-signature': 'the Stripe-Signature header has no v1 signature',
  'no-match': 'no v1 signature fits the raw body and any configured secret',
  'too-old': 'the signature is older than the tolerance: a replay, or a clock that is wrong',
  'too-new': 'the signature is from further in the future than the tolerance: a clock is wrong',
}

/** Bounds the work a hostile header can cause; Stripe sends one signature per active secret, which is at most two. */
const maxHeaderLength = 4096
const hex256 = /^[0-9a-f]{64}$/

const digest = (payload: string | Uint8Array, secret: string, timestamp: string): Buffer =>
  createHmac('sha256', secret).update(`${timestamp}.`, 'utf8').update(payload).digest()

/**
 * The `Stripe-Signature` header for a body: HMAC-SHA256 over `timestamp.body`, one `v1` per secret (two while one is rolled).
 * `timestamp` is in whole seconds. Rule: docs.stripe.com/webhooks/signature.
 */
export function signPayload(
  payload: string | Uint8Array,
  secrets: string | readonly string[],
  timestamp: number,
): string {
  const list = typeof secrets === 'string' ? [secrets] : secrets
  const time = String(Math.floor(timestamp))
  return [`t=${time}`, ...list.map((secret) => `v1=${digest(payload, secret, time).toString('hex')}`)].join(',')
}

/**
 * Checks a `Stripe-Signature` header against the raw bytes of the body. Never throws. The signature is judged before its age, so a
 * wrong secret is never reported as a clock problem; every pair of secret and signature is compared, each in constant time.
 */
export function verifySignature(
  payload: string | Uint8Array,
  header: string | null | undefined,
  secrets: string | readonly string[],
  { toleranceSeconds = defaultToleranceSeconds, now }: VerifyOptions,
): SignatureVerdict {
  const usable = typeof secrets === 'string' ? [secrets] : secrets
  if (!usable.some((each) => each.trim() !== '')) return refused('secret-missing')
  if (payload.length === 0) return refused('payload-empty')
  if (!header) return refused('header-missing')
  const parsed = parseSignatureHeader(header)
  if (!parsed) return refused('header-malformed')
  if (parsed.signatures.length === 0) return refused('no-v1-signature')

  const secretIndex = matchingSecret(payload, parsed, usable)
  if (secretIndex === -1) return refused('no-match')

  const timestamp = Number(parsed.time)
  const age = Math.floor(now / 1000) - timestamp
  if (toleranceSeconds > 0 && age > toleranceSeconds) return refused('too-old')
  if (toleranceSeconds > 0 && -age > toleranceSeconds) return refused('too-new')
  return { ok: true, timestamp, secretIndex }
}

/** `t=…,v1=…,v1=…` taken apart; schemes other than v1 are ignored as Stripe asks. Undefined when it has no usable time. */
export function parseSignatureHeader(header: string): { time: string; signatures: string[] } | undefined {
  if (header.length > maxHeaderLength) return undefined
  let time: string | undefined
  const signatures: string[] = []
  for (const part of header.split(',')) {
    const at = part.indexOf('=')
    const name = part.slice(0, at).trim()
    const value = part.slice(at + 1).trim()
    if (at > 0 && name === 't') time = value
    if (at > 0 && name === 'v1') signatures.push(value.toLowerCase())
  }
  return time !== undefined && /^\d{1,12}$/.test(time) ? { time, signatures } : undefined
}

function matchingSecret(
  payload: string | Uint8Array,
  { time, signatures }: { time: string; signatures: string[] },
  secrets: readonly string[],
): number {
  const given = signatures.filter((each) => hex256.test(each)).map((each) => Buffer.from(each, 'hex'))
  let found = -1
  for (const [index, secret] of secrets.entries()) {
    if (secret.trim() === '') continue
    const expected = digest(payload, secret, time)
    const fits = given.map((each) => timingSafeEqual(each, expected)).includes(true)
    if (fits && found === -1) found = index
  }
  return found
}

const refused = (failure: SignatureFailure): SignatureVerdict => ({ ok: false, failure, message: messages[failure] })
