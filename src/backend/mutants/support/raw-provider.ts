import { itemOf } from '../../catalogue.ts'
import type { Target } from '../../change.ts'
import type { SessionRequest } from '../../checkout/claim.ts'

export interface RawAnswer {
  status: number
  body: { id?: string; url?: string; livemode?: boolean; error?: { message?: string } }
}

/** Calls the provider without the official client and without its care. */
export async function callProvider(
  { env }: Pick<Target, 'env'>,
  path: string,
  fields: Record<string, string>,
  key?: string,
): Promise<RawAnswer> {
  const response = await fetch(`${env.STRIPE_API_BASE}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${env.STRIPE_SECRET_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...(key && { 'idempotency-key': key }),
    },
    body: new URLSearchParams(fields).toString(),
  })
  return { status: response.status, body: (await response.json()) as RawAnswer['body'] }
}

/** The form of a session for a pack, with whatever a client wants to have it say. */
export function sessionFields(
  request: Pick<SessionRequest, 'user' | 'item' | 'successUrl' | 'cancelUrl'>,
  wishes: { amount?: unknown; currency?: unknown; quantity?: unknown; price?: unknown } = {},
): Record<string, string> {
  const item = itemOf('pack', request.item) ?? itemOf('plan', request.item)
  const line = 'line_items[0]'
  const price = wishes.price
    ? { [`${line}[price]`]: String(wishes.price) }
    : {
        [`${line}[price_data][currency]`]: String(wishes.currency ?? item?.currency ?? 'usd'),
        [`${line}[price_data][unit_amount]`]: String(wishes.amount ?? item?.amount ?? 0),
        [`${line}[price_data][product_data][name]`]: item?.title ?? 'item',
      }
  return {
    mode: 'payment',
    success_url: request.successUrl,
    cancel_url: request.cancelUrl,
    'metadata[user]': request.user,
    'metadata[pack]': request.item,
    [`${line}[quantity]`]: String(wishes.quantity ?? 1),
    ...price,
  }
}

/** What a checkout answers, for a session made behind the reference's back. */
export const answerOf = ({ id, url, livemode }: RawAnswer['body']) => ({
  url,
  id,
  mode: 'payment',
  sandbox: true,
  mocked: false,
  livemode: livemode ?? false,
})
