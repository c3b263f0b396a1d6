import type { KeyObject } from 'node:crypto'
import { certify } from '../../paypal/certificate.ts'
import { listen } from '../../stripe/listen.ts'
import type { CallJournal } from './calls.ts'
import type { ForeignListener } from './types.ts'

/** Starts a server that answers everything with the certificate of a key that is not PayPal's, and notes who came. */
export async function startForeignListener(
  key: () => KeyObject,
  journal: CallJournal,
): Promise<{ foreign: ForeignListener; close(): Promise<void> }> {
  const { url, port, close } = await listen(
    async (request) => {
      journal.begin('foreign', request).status = 200
      const body = certify(key(), 'messageverificationcerts.paypal.com', Date.now())
      return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body }
    },
    { port: 0, host: '127.0.0.1' },
  )
  const certUrl = `${url}/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77`
  return { foreign: { url, port, certUrl, hits: () => journal.list({}, 'foreign') }, close }
}
