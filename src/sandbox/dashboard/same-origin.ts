import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a form was sent by a page of this very server: browsers say so in `Sec-Fetch-Site`, older ones in `Origin`. Another port of
 * the same machine is another origin, and a request that says nothing was not made by a page of ours.
 */
export function isSameOrigin({ host, origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined) return site === 'same-origin'
  return origin !== undefined && origin === `http://${host}`
}
