import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { defineMutant } from './define.ts'

export const a23 = defineMutant({
  id: 'A23',
  defect: ['A23', 'control.paypal'],
  summary: 'the checksum of a PayPal body is taken as a signed number',
  apply({ parts, backend }) {
    parts.checkPaypal = async (_backend, raw, headers) => {
      const sent = (name: string) => String(headers[`paypal-${name}`] ?? '')
      if (!backend.paypal || !sent('cert-url').startsWith(backend.paypal.apiBase))
        return { status: 401, reason: 'certificate-address' }
      const pem = await (await fetch(sent('cert-url'))).text()
      const key = pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem)
      const text = `${sent('transmission-id')}|${sent('transmission-time')}|${backend.paypal.webhookId}|${crc32(raw) | 0}`
      const fits = verify('sha256', Buffer.from(text), key, Buffer.from(sent('transmission-sig'), 'base64'))
      return fits ? undefined : { status: 401, reason: 'no-match' }
    }
  },
})
