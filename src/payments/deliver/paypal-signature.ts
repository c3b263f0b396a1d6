import type { PayPalDouble } from '../double/types.ts'
import type { Signing } from './signing.ts'

export interface PayPalSigner {
  double: PayPalDouble
  /** Where the certificate of the foreign key is. */
  foreignCertUrl: string
  random: { text(length: number): string }
  /** Milliseconds since the epoch. */
  now: number
  otherBody: Buffer
}

const isoTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z')

/**
 * The transmission headers over exactly these bytes: RSA over `id|time|webhook id|CRC32 of the body`.
 * Rule: developer.paypal.com/api/rest/webhooks/rest.
 */
export function paypalHeaders(body: Buffer, signing: Signing, signer: PayPalSigner): Record<string, string> {
  const { double } = signer
  switch (signing) {
    case 'none':
      return {}
    case 'missing-headers': {
      const { 'paypal-transmission-sig': _, ...rest } = double.sign(body, { remember: false })
      return { ...rest }
    }
    case 'other-body':
    case 'other-spacing':
    case 'loose-spacing':
    case 'body-only':
      return { ...double.sign(signer.otherBody, { remember: false }) }
    case 'foreign-key':
    case 'other-secret':
      return { ...double.sign(body, { foreignKey: true, remember: false }) }
    case 'foreign-certificate':
      return { ...double.sign(body, { foreignKey: true, certUrl: signer.foreignCertUrl, remember: false }) }
    case 'other-webhook-id':
      return { ...double.sign(body, { webhookId: signer.random.text(17).toUpperCase(), remember: false }) }
    case 'old':
      return { ...double.sign(body, { time: isoTime(signer.now - 3_600_000), remember: false }) }
    case 'genuine':
    case 'genuine-with-v0':
    case 'wrong-then-right':
    case 'second-secret':
    case 'both-secrets':
      return { ...double.sign(body) }
    default:
      return madeUp(signer)
  }
}

/** Every header that PayPal sends, with values that mean nothing. */
const madeUp = ({ random, now, double }: PayPalSigner): Record<string, string> => ({
  'paypal-auth-algo': 'SHA256withRSA',
  'paypal-cert-url': double.certUrl,
  'paypal-transmission-id': random.text(36).toLowerCase(),
  'paypal-transmission-sig': Buffer.from(random.text(180)).toString('base64'),
  'paypal-transmission-time': isoTime(now),
})
