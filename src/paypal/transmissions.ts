import { type KeyObject, randomUUID, sign } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { rawMember } from './raw-member.ts'
import type { PayPalSigning, PayPalTransmission } from './types.ts'

export interface SigningKeys {
  own(): KeyObject
  foreign(): KeyObject
}

interface Made {
  transmission: PayPalTransmission
  body: Buffer
}

/**
 * The deliveries that were made in PayPal's name. A signature is RSA with SHA-256 over `id|time|webhookId|crc32`, the checksum of the raw
 * body written as an unsigned decimal number. Rule: developer.paypal.com/api/rest/webhooks/rest.
 */
export class Transmissions {
  private readonly made = new Map<string, Made>()
  private readonly keys: SigningKeys
  private readonly webhookId: string
  private readonly certUrl: () => string

  constructor(keys: SigningKeys, webhookId: string, certUrl: () => string) {
    this.keys = keys
    this.webhookId = webhookId
    this.certUrl = certUrl
  }

  sign(content: string | Uint8Array, options: PayPalSigning = {}): PayPalTransmission {
    const body = Buffer.from(content)
    const { transmissionId = randomUUID(), certUrl = this.certUrl(), webhookId = this.webhookId } = options
    const time = options.time ?? new Date().toISOString().replace(/\.\d+Z$/, 'Z')
    const signed = `${transmissionId}|${time}|${webhookId}|${crc32(body)}`
    const key = options.foreignKey ? this.keys.foreign() : this.keys.own()
    const transmission: PayPalTransmission = {
      'paypal-auth-algo': 'SHA256withRSA',
      'paypal-cert-url': certUrl,
      'paypal-transmission-id': transmissionId,
      'paypal-transmission-sig': sign('sha256', Buffer.from(signed), key).toString('base64'),
      'paypal-transmission-time': time,
    }
    const isGenuine = !options.foreignKey && webhookId === this.webhookId && certUrl === this.certUrl()
    if (isGenuine && options.remember !== false) this.made.set(transmissionId, { transmission, body })
    return transmission
  }

  /** Whether a postback names a transmission that was made, with the same event byte for byte. */
  verify(postback: Buffer, fields: Readonly<Record<string, unknown>>): boolean {
    const made = this.made.get(String(fields.transmission_id))
    if (!made || fields.webhook_id !== this.webhookId) return false
    const { transmission, body } = made
    const isSame =
      fields.auth_algo === transmission['paypal-auth-algo'] &&
      fields.cert_url === transmission['paypal-cert-url'] &&
      fields.transmission_sig === transmission['paypal-transmission-sig'] &&
      fields.transmission_time === transmission['paypal-transmission-time']
    const event = rawMember(postback, 'webhook_event')
    return isSame && event?.equals(withoutSpaceAround(body)) === true
  }
}

/** Space before and after a value is not part of it: no postback could carry it. */
const withoutSpaceAround = (body: Buffer): Buffer =>
  Buffer.from(body.toString('latin1').replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, ''), 'latin1')
