import type { Account } from '../../stripe/accounts.ts'
import type { StripeSandbox } from '../../stripe/server.ts'

/** Makes prices that a call names and nobody made: a backend may have ids of its real catalogue in its configuration. */
export function createPriceStand(
  sandbox: StripeSandbox,
  account: () => Account,
  apiKey: string,
  { amount, currency }: { amount: number; currency: string } = { amount: 1000, currency: 'usd' },
): (params: unknown) => Promise<void> {
  async function make(id: string, interval: string | undefined): Promise<void> {
    const form = new URLSearchParams({
      'product_data[name]': id,
      unit_amount: String(amount),
      currency,
      ...(interval && { 'recurring[interval]': interval }),
    })
    const answer = await sandbox.handle({
      method: 'POST',
      url: '/v1/prices',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(form.toString()),
    })
    const made = JSON.parse(Buffer.from(answer.body).toString('utf8')) as { id: string }
    const prices = account().store.table('price')
    const record = prices.remove(made.id)
    if (record) prices.put({ ...record, id })
  }

  return async (params) => {
    const prices = account().store.table('price')
    const isRecurring = (params as { mode?: unknown } | undefined)?.mode === 'subscription' || hasKey(params, 'items')
    for (const id of new Set(pricesIn(params)))
      if (/^(price|plan)_\w+$/.test(id) && !prices.get(id)) await make(id, isRecurring ? 'month' : undefined)
  }
}

const hasKey = (value: unknown, key: string): boolean => typeof value === 'object' && value !== null && key in value

function pricesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'price' && typeof inner === 'string' ? [inner] : pricesIn(inner),
  )
}
