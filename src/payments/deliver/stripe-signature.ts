import { createHmac } from 'node:crypto'
import type { Signing } from './signing.ts'

export interface StripeSigner {
  /** Active secrets, the first signs genuine events. */
  secrets: readonly string[]
  /** Epoch seconds at the attempt: every attempt has its own. */
  now: number
  /** Seconds that a signature stays valid by the contract. */
  toleranceSeconds: number
  /** 64 hex digits that nobody can guess. */
  randomHex: string
  /** The same event with other white space, and another event: what some forgeries are signed over. */
  otherSpacing: Buffer
  looseSpacing: Buffer
  otherBody: Buffer
}

const hmac = (secret: string, ...parts: (string | Buffer)[]): Buffer => {
  const digest = createHmac('sha256', secret)
  for (const part of parts) digest.update(part)
  return digest.digest()
}

/** The `Stripe-Signature` header over exactly these bytes; undefined for no header at all. Rule: docs.stripe.com/webhooks/signature. */
export function stripeSignature(body: Buffer, signing: Signing, signer: StripeSigner): string | undefined {
  const { now, randomHex, secrets } = signer
  const secret = secrets[0] ?? ''
  const sign = (by: string, at: number, over: Buffer) => hmac(by, `${at}.`, over).toString('hex')
  const right = sign(secret, now, body)
  const old = now - 2 * signer.toleranceSeconds
  switch (signing) {
    // Genuine for the first tenant: what somebody who is one can make in another's name.
    case 'own-tenant':
    case 'genuine':
      return `t=${now},v1=${right}`
    case 'genuine-with-v0':
      return `t=${now},v1=${right},v0=${randomHex}`
    case 'wrong-then-right':
      return `t=${now},v1=${randomHex},v1=${right}`
    case 'second-secret':
      return `t=${now},v1=${sign(secrets[1] ?? secret, now, body)}`
    case 'both-secrets':
      return `t=${now},${secrets.map((each) => `v1=${sign(each, now, body)}`).join(',')}`
    case 'none':
    case 'missing-headers':
      return undefined
    case 'empty-header':
      return ''
    case 'garbage':
      return 'whatever'
    case 'zeros':
      return `t=${now},v1=${'0'.repeat(64)}`
    case 'random':
    case 'foreign-certificate':
    case 'other-webhook-id':
      return `t=${now},v1=${randomHex}`
    case 'other-secret':
    case 'foreign-key':
      return `t=${now},v1=${sign(`whsec_${randomHex}`, now, body)}`
    case 'empty-secret':
      return `t=${now},v1=${sign('', now, body)}`
    case 'no-timestamp-signature':
      return `v1=${hmac(secret, body).toString('hex')}`
    case 'body-only':
      return `t=${now},v1=${hmac(secret, body).toString('hex')}`
    case 'changed-timestamp':
      return `t=${now},v1=${sign(secret, old, body)}`
    case 'old':
      return `t=${old},v1=${sign(secret, old, body)}`
    case 'v0-only':
      return `t=${now},v0=${right}`
    case 'v2-only':
      return `t=${now},v2=${right}`
    case 'uppercase-scheme':
      return `t=${now},V1=${right}`
    case 'other-body':
      return `t=${now},v1=${sign(secret, now, signer.otherBody)}`
    case 'other-spacing':
      return `t=${now},v1=${sign(secret, now, signer.otherSpacing)}`
    case 'loose-spacing':
      return `t=${now},v1=${sign(secret, now, signer.looseSpacing)}`
    case 'truncated':
      return `t=${now},v1=${right.slice(0, 32)}`
    case 'base64':
      return `t=${now},v1=${hmac(`whsec_${randomHex}`, `${now}.`, body).toString('base64')}`
  }
}
