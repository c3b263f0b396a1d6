const paypalHosts = ['api.paypal.com', 'api.sandbox.paypal.com', 'api-m.paypal.com', 'api-m.sandbox.paypal.com']
const path = /^\/v1\/notifications\/certs\/[\w.-]{1,200}$/

/**
 * Whether a certificate's address is PayPal's. With another API base configured (a sandbox on loopback) that origin is PayPal, and no other.
 * Whatever two readers could read differently is refused: user names, backslashes, encoded characters.
 */
export function isPaypalCertificate(text: string, apiBase: string): boolean {
  if (!/^https?:\/\/[\w.[\]:-]+\/[\w./-]*$/.test(text) || !URL.canParse(text) || !URL.canParse(apiBase)) return false
  const url = new URL(text)
  const base = new URL(apiBase)
  if (!path.test(url.pathname) || url.username !== '' || url.search !== '' || url.hash !== '') return false
  if (paypalHosts.includes(base.hostname))
    return url.protocol === 'https:' && url.port === '' && paypalHosts.includes(url.hostname)
  return url.origin === base.origin
}
