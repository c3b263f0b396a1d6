import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { paypalAuthorization } from '../provider/paypal-api.ts'
import type { Transmission } from './check-paypal.ts'

/** `unreachable`: nobody could say, so the sender must try again later. */
export type PaypalVerdict = 'genuine' | 'forged' | 'unreachable'

export interface PaypalSettings {
  /** Scheme, host and port of PayPal's API. */
  apiBase: string
  webhookId: string
  /** Who verifies: PayPal itself, or this process with PayPal's certificate. */
  mode: 'postback' | 'offline'
  /** For the access token that the real API asks for. */
  client?: { id: string; secret: string }
  timeoutMs?: number
}

export interface Paypal {
  apiBase: string
  webhookId: string
  mode: 'postback' | 'offline'
  verify(transmission: Transmission, raw: Buffer): Promise<PaypalVerdict>
}

export function openPaypal(settings: PaypalSettings): Paypal {
  const certificates = new Map<string, string>()
  const { apiBase, webhookId, mode } = settings
  return {
    apiBase,
    webhookId,
    mode,
    verify: (transmission, raw) =>
      mode === 'postback'
        ? postBack(settings, transmission, raw)
        : verifyOffline(settings, certificates, transmission, raw),
  }
}

/** PayPal compares the event byte for byte, so it is put into the request as it came and never parsed and printed again. */
async function postBack(settings: PaypalSettings, sent: Transmission, raw: Buffer): Promise<PaypalVerdict> {
  const fields = {
    auth_algo: sent.algorithm,
    cert_url: sent.certUrl,
    transmission_id: sent.id,
    transmission_sig: sent.signature,
    transmission_time: sent.time,
    webhook_id: settings.webhookId,
  }
  if (!isJson(raw)) return 'forged'
  const head = JSON.stringify(fields).slice(0, -1)
  const body = Buffer.concat([Buffer.from(`${head},"webhook_event":`), raw, Buffer.from('}')])
  try {
    const response = await fetch(`${baseOf(settings)}/v1/notifications/verify-webhook-signature`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await paypalAuthorization(settings)) },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(settings.timeoutMs ?? 4_000),
    })
    if (!response.ok) return response.status < 500 && response.status !== 429 ? 'forged' : 'unreachable'
    const answer = (await response.json()) as { verification_status?: unknown }
    return answer.verification_status === 'SUCCESS' ? 'genuine' : 'forged'
  } catch {
    return 'unreachable'
  }
}

/** RSA-SHA256 over `id|time|webhook id|crc32`, the checksum as an unsigned decimal number. */
async function verifyOffline(
  settings: PaypalSettings,
  certificates: Map<string, string>,
  sent: Transmission,
  raw: Buffer,
): Promise<PaypalVerdict> {
  if (!/^SHA256withRSA$/i.test(sent.algorithm)) return 'forged'
  const pem = certificates.get(sent.certUrl) ?? (await fetchCertificate(settings, sent.certUrl))
  if (!pem) return 'unreachable'
  const message = `${sent.id}|${sent.time}|${settings.webhookId}|${crc32(raw)}`
  try {
    const key = pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem)
    certificates.set(sent.certUrl, pem)
    const fits = verify('sha256', Buffer.from(message), key, Buffer.from(sent.signature, 'base64'))
    return fits ? 'genuine' : 'forged'
  } catch {
    return 'forged'
  }
}

async function fetchCertificate(settings: PaypalSettings, url: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(settings.timeoutMs ?? 4_000)
    const response = await fetch(url, { redirect: 'error', signal })
    const text = await response.text()
    return response.ok && text.length < 65_536 ? text : undefined
  } catch {
    return undefined
  }
}

function isJson(raw: Buffer): boolean {
  try {
    return typeof JSON.parse(raw.toString('utf8')) === 'object'
  } catch {
    return false
  }
}

const baseOf = ({ apiBase }: PaypalSettings): string => apiBase.replace(/\/+$/, '')
