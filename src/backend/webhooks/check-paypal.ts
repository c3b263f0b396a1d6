import type { Backend } from '../settings.ts'
import type { Refusal } from './check-stripe.ts'
import { isPaypalCertificate } from './paypal-certificates.ts'

type Headers = Record<string, string | string[] | undefined>

/**
 * Genuine when PayPal says so (`postback`) or when the signature fits the certificate (`offline`). The certificate's address comes with the
 * request, so it is looked at before anybody is asked: only PayPal's own host may be named.
 */
export async function checkPaypal(
  { paypal }: Pick<Backend, 'paypal'>,
  raw: Buffer,
  headers: Headers,
): Promise<Refusal | undefined> {
  if (!paypal || paypal.webhookId === '') return { status: 503, reason: 'webhook-id-missing' }
  const transmission = transmissionOf(headers)
  if (!transmission) return { status: 401, reason: 'header-missing' }
  if (!isPaypalCertificate(transmission.certUrl, paypal.apiBase)) return { status: 401, reason: 'certificate-address' }
  if (raw.length === 0) return { status: 401, reason: 'payload-empty' }
  const verdict = await paypal.verify(transmission, raw)
  if (verdict === 'unreachable') return { status: 503, reason: 'verification-unreachable' }
  return verdict === 'genuine' ? undefined : { status: 401, reason: 'no-match' }
}

/** The five headers of PayPal's webhooks (https://developer.paypal.com/api/rest/webhooks/rest/). */
export interface Transmission {
  id: string
  time: string
  signature: string
  certUrl: string
  algorithm: string
}

function transmissionOf(headers: Headers): Transmission | undefined {
  const [id, time, signature, certUrl, algorithm] = ['id', 'time', 'sig', 'cert', 'auth'].map((name) => {
    const header =
      name === 'cert' ? 'paypal-cert-url' : name === 'auth' ? 'paypal-auth-algo' : `paypal-transmission-${name}`
    const value = headers[header]
    return typeof value === 'string' && value !== '' && value.length <= 2048 ? value : undefined
  })
  return id && time && signature && certUrl && algorithm ? { id, time, signature, certUrl, algorithm } : undefined
}
