import type { Item } from '../catalogue.ts'
import { minorDigits } from '../payments/minor-units.ts'

export interface OrderWish {
  user: string
  email: string | undefined
  item: Item
  returnUrl: string
  cancelUrl: string
}

/** What the backend asks of PayPal besides verification. Every write carries a `PayPal-Request-Id`. */
export interface PaypalApi {
  /** The order, and where the buyer approves it. */
  createOrder(wish: OrderWish, key: string): Promise<{ id: string; url: string }>
  /** The captures of an order that the buyer has approved. */
  captureOrder(order: string, key: string): Promise<Record<string, unknown>[]>
  /** Id of the refund: the same for the same key, however often it is asked. */
  refund(refund: { payment: string; amount: number; currency: string }, key: string): Promise<string>
}

export interface PaypalApiSettings {
  apiBase: string
  client?: { id: string; secret: string }
  timeoutMs?: number
}

/** An answer that is no success; `statusCode` as in the errors of Stripe's client. */
export class PaypalAnswer extends Error {
  override readonly name = 'PaypalAnswer'
  constructor(readonly statusCode: number) {
    super(`PayPal answered ${statusCode}`)
  }
}

export function openPaypalApi(settings: PaypalApiSettings): PaypalApi {
  const post = async (path: string, key: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(settings.apiBase.replace(/\/+$/, '') + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'paypal-request-id': key,
        prefer: 'return=representation',
        ...(await paypalAuthorization(settings)),
      },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(settings.timeoutMs ?? 5_000),
    })
    if (!response.ok) throw new PaypalAnswer(response.status)
    return (await response.json()) as Record<string, unknown>
  }
  return {
    async createOrder(wish, key) {
      const order = await post('/v2/checkout/orders', key, orderOf(wish))
      const links = order.links as { rel?: string; href?: string }[] | undefined
      const url = links?.find(({ rel }) => rel === 'approve' || rel === 'payer-action')?.href
      if (typeof order.id !== 'string' || !url) throw new Error('PayPal gave the order no address')
      return { id: order.id, url }
    },
    async captureOrder(order, key) {
      const { purchase_units: units } = await post(`/v2/checkout/orders/${encodeURIComponent(order)}/capture`, key, {})
      const all = (units ?? []) as { payments?: { captures?: Record<string, unknown>[] } }[]
      return all.flatMap(({ payments }) => payments?.captures ?? [])
    },
    async refund({ payment, amount, currency }, key) {
      const path = `/v2/payments/captures/${encodeURIComponent(payment)}/refund`
      const made = await post(path, key, { amount: moneyOf(amount, currency) })
      if (typeof made.id !== 'string') throw new Error('PayPal gave the refund no id')
      return made.id
    },
  }
}

/** The access token that the real API asks for; nothing where no client is configured. */
export async function paypalAuthorization({
  apiBase,
  client,
  timeoutMs = 4_000,
}: PaypalApiSettings): Promise<Record<string, string>> {
  if (!client) return {}
  const response = await fetch(`${apiBase.replace(/\/+$/, '')}/v1/oauth2/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (!response.ok || !token) throw new PaypalAnswer(response.status)
  return { authorization: `Bearer ${token}` }
}

const moneyOf = (amount: number, currency: string) => ({
  value: (amount / 10 ** minorDigits(currency)).toFixed(minorDigits(currency)),
  currency_code: currency.toUpperCase(),
})

/** The catalogue says what it costs, `custom_id` whose it is: the same fields as Stripe's metadata, as one text. */
function orderOf({ user, email, item, returnUrl, cancelUrl }: OrderWish): object {
  return {
    intent: 'CAPTURE',
    purchase_units: [
      {
        amount: moneyOf(item.amount, item.currency),
        description: item.title,
        custom_id: JSON.stringify({ user, ...(email && { email }), pack: item.id }),
      },
    ],
    payment_source: {
      paypal: { experience_context: { return_url: returnUrl, cancel_url: cancelUrl } },
    },
  }
}
