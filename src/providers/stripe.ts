import type Stripe from 'stripe'
import type { ProviderFlags } from '../config/flags.ts'
import { refusal } from '../kernel/errors.ts'
import type { Plan } from './plans.ts'
import { openStripeClient } from './stripe-client.ts'

export type StripeMode = 'mock' | 'sandbox' | 'live'

export interface StripeSettings {
  /** Secret key; `sk_test_…` or `rk_test_…` in sandbox mode, `sk_live_…` or `rk_live_…` in live mode. */
  apiKey?: string
  /** Scheme, host and port of the API, such as the URL that `gatekit serve` prints; live mode defaults to Stripe's own. */
  apiBase?: string
  /** True only in an environment that is declared live. */
  liveAllowed?: boolean
  timeoutMs?: number
}

export interface CheckoutRequest {
  plan: Plan
  email: string
  successUrl: string
  cancelUrl: string
  /** Sent to Stripe as `Idempotency-Key`: one key, one session. */
  idempotencyKey?: string
}

export interface CheckoutAnswer {
  url: string
  id: string
  mode: 'subscription'
  /** True when Stripe's test mode or the sandbox answered. */
  sandbox: boolean
  /** True when nobody was called. */
  mocked: boolean
  livemode: boolean
}

export interface StripeProvider {
  mode: StripeMode
  createCheckout(request: CheckoutRequest): Promise<CheckoutAnswer>
}

/** `STRIPE_MOCK` wins over everything; without it `STRIPE_TEST` decides between sandbox and live. */
export const stripeMode = (flags: Pick<ProviderFlags, 'stripeMock' | 'stripeTest'>): StripeMode => {
  if (flags.stripeMock) return 'mock'
  return flags.stripeTest ? 'sandbox' : 'live'
}

/**
 * The Stripe adapter for the mode that the flags ask for. A mode that cannot be had is refused here, at construction
 * (GatekitError, exit 6): a missing key never turns into a silent mock, and a key of the other mode is never used.
 */
export function stripeProvider(flags: ProviderFlags, settings: StripeSettings = {}): StripeProvider {
  const mode = stripeMode(flags)
  if (mode === 'mock') return { mode, createCheckout: async (request) => mockedCheckout(request) }
  assertUsable(mode, settings)
  let client: Promise<Stripe> | undefined
  return {
    mode,
    async createCheckout(request) {
      client ??= openStripeClient(settings)
      return createSession(await client, mode, request)
    },
  }
}

function assertUsable(mode: 'sandbox' | 'live', { apiKey, apiBase, liveAllowed }: StripeSettings): void {
  const isLiveKey = /^[sr]k_live_/.test(apiKey ?? '')
  const isTestKey = /^[sr]k_test_/.test(apiKey ?? '')
  if (isLiveKey && !(mode === 'live' && liveAllowed))
    throw refusal(
      'a live Stripe key is refused here',
      'use a key that begins with sk_test_, or declare the environment live',
    )
  if (mode === 'sandbox') {
    if (!isTestKey)
      throw refusal('Stripe sandbox mode has no test key', 'set STRIPE_SECRET_KEY to a key that begins with sk_test_')
    if (!apiBase)
      throw refusal(
        'Stripe sandbox mode has no API address',
        'set STRIPE_API_BASE, for example to the URL that `gatekit serve` prints',
      )
    return
  }
  if (!liveAllowed)
    throw refusal(
      'Stripe live mode is refused outside an environment declared live',
      'set STRIPE_MOCK=1, or STRIPE_TEST=1 for the sandbox',
    )
  if (!isLiveKey) throw refusal('Stripe live mode has no live key', 'set STRIPE_SECRET_KEY, or STRIPE_MOCK=1')
}

/** Nobody is called: the address is the application's own success page, and the answer says `mocked`. */
function mockedCheckout({ successUrl }: CheckoutRequest): CheckoutAnswer {
  return { url: successUrl, id: 'mock', mode: 'subscription', sandbox: false, mocked: true, livemode: false }
}

async function createSession(
  stripe: Stripe,
  mode: 'sandbox' | 'live',
  request: CheckoutRequest,
): Promise<CheckoutAnswer> {
  const { plan, email, successUrl, cancelUrl, idempotencyKey } = request
  const session = await stripe.checkout.sessions.create(
    {
      mode: 'subscription',
      customer_email: email,
      success_url: successUrl,
      cancel_url: cancelUrl,
      metadata: { plan: plan.id },
      line_items: [
        {
          quantity: 1,
          price_data: {
            currency: plan.currency,
            unit_amount: plan.amount,
            recurring: { interval: 'month' },
            product_data: { name: plan.title },
          },
        },
      ],
    },
    idempotencyKey ? { idempotencyKey } : {},
  )
  if (!session.url) throw new Error(`Stripe gave session ${session.id} no url`)
  return {
    url: session.url,
    id: session.id,
    mode: 'subscription',
    sandbox: mode === 'sandbox',
    mocked: false,
    livemode: session.livemode,
  }
}
