import type Stripe from 'stripe'

export interface StripeClientSettings {
  apiKey?: string
  /** Scheme, host and port of the API; Stripe's own when absent. */
  apiBase?: string
  timeoutMs?: number
}

/** The official client; its import costs a tenth of a second, so it is loaded at the first call. */
export async function openStripeClient({ apiKey, apiBase, timeoutMs = 10_000 }: StripeClientSettings): Promise<Stripe> {
  const { default: StripeClient } = await import('stripe')
  const base = apiBase ? new URL(apiBase) : undefined
  return new StripeClient(apiKey ?? '', {
    timeout: timeoutMs,
    maxNetworkRetries: 1,
    telemetry: false,
    ...(base && { host: base.hostname, protocol: base.protocol === 'http:' ? ('http' as const) : ('https' as const) }),
    ...(base?.port && { port: base.port }),
  })
}
