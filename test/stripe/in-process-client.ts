import { Stripe } from 'stripe'
import type { StripeSandbox } from '../../src/stripe/server.ts'

/** The real client without a socket: its requests go straight to a sandbox. */
export function inProcessClient(sandbox: StripeSandbox, key: string): Stripe {
  const fetchIn = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { pathname, search } = new URL(String(input))
    const { status, headers, body } = await sandbox.handle({
      method: init.method ?? 'GET',
      url: pathname + search,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof init.body === 'string' && { body: Buffer.from(init.body) }),
    })
    return new Response(typeof body === 'string' ? body : Buffer.from(body), { status, headers })
  }
  const httpClient = Stripe.createFetchHttpClient(fetchIn as typeof fetch)
  return new Stripe(key, { httpClient, maxNetworkRetries: 0, telemetry: false })
}
