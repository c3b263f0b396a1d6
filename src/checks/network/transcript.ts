import { stableJson } from '../../kernel/json.ts'
import type { Exchange } from './exchange.ts'

const hidden = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'proxy-authorization',
  'x-api-key',
  'stripe-signature',
])
const maxBodyText = 64 * 1024

/** An exchange as evidence: what was asked and answered, without credentials and with long bodies cut. */
export function transcript({ request, response, peer, timing, redirects }: Exchange): string {
  return stableJson({
    request: {
      method: request.method,
      url: request.url.href,
      headers: masked(request.headers),
      ...(request.body !== undefined && { body: cut(request.body) }),
    },
    response: { status: response.status, headers: masked(response.headers), body: cut(response.body) },
    peer,
    timing,
    ...(redirects.length > 0 && { redirects }),
  })
}

const masked = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, hidden.has(name) ? '[hidden]' : value]))

const cut = (text: string): string =>
  text.length <= maxBodyText ? text : `${text.slice(0, maxBodyText)}… (${text.length - maxBodyText} more characters)`
