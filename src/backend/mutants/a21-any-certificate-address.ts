import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { defineMutant } from './define.ts'

export const a21 = defineMutant({
  id: 'A21',
  defect: 'A21',
  summary: 'PayPal certificates are fetched from wherever the request says',
  apply({ parts, backend }) {
    parts.checkPaypal = async (_backend, raw, headers) => {
      const sent = (name: string) => String(headers[`paypal-${name}`] ?? '')
      const id = backend.paypal?.webhookId
      try {
        const pem = await (await fetch(sent('cert-url'))).text()
        const key = pem.includes('BEGIN CERTIFICATE') ? new X509Certificate(pem).publicKey : createPublicKey(pem)
        const text = `${sent('transmission-id')}|${sent('transmission-time')}|${id}|${crc32(raw)}`
        const fits = verify('sha256', Buffer.from(text), key, Buffer.from(sent('transmission-sig'), 'base64'))
        return fits ? undefined : { status: 401, reason: 'no-match' }
      } catch {
        return { status: 401, reason: 'no-match' }
      }
    }
  },
})
