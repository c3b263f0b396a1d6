import { type Money, minorUnits } from '../../paypal/money.ts'
import type { ProviderCall } from '../double/types.ts'

/** Something a buyer could now pay at the provider: what a checkout is for. */
export interface Payable {
  id: string
  /** `POST /v1/checkout/sessions` */
  on: string
  provider: 'stripe' | 'paypal'
  /** Minor units; undefined where the provider does not say yet. */
  amount: number | undefined
  /** In lower case. */
  currency: string | undefined
  call: ProviderCall
}

/** Calls that begin a payment. */
const creating: readonly RegExp[] = [
  /^\/v1\/checkout\/sessions$/,
  /^\/v1\/payment_intents$/,
  /^\/v1\/payment_links$/,
  /^\/v1\/subscriptions$/,
  /^\/v1\/invoices$/,
  /^\/v2\/checkout\/orders$/,
]

export const isCreating = ({ method, path }: ProviderCall): boolean =>
  method === 'POST' && creating.some((pattern) => pattern.test(path))

/** What was really made by these calls: refused ones made nothing, replayed ones nothing new; a cut connection changes nothing. */
export function payablesOf(calls: readonly ProviderCall[]): Payable[] {
  return calls.filter(isCreating).flatMap((call) => {
    const made = madeBy(call)
    if (!made) return []
    const { method, path, provider } = call
    return provider === 'foreign'
      ? []
      : [{ id: made.id, on: `${method} ${path}`, provider, call, ...moneyOf(call, made) }]
  })
}

/** The object that a call made; undefined for refused and replayed ones. */
export function madeBy({
  answer,
  replayed,
  method,
}: ProviderCall): { id: string; [field: string]: unknown } | undefined {
  const isObject = typeof answer === 'object' && answer !== null
  if (method !== 'POST' || replayed || !isObject || 'error' in answer) return undefined
  const { id } = answer as { id?: unknown }
  return typeof id === 'string' ? (answer as { id: string }) : undefined
}

function moneyOf(call: ProviderCall, made: Record<string, unknown>): Pick<Payable, 'amount' | 'currency'> {
  if (call.provider === 'paypal') return orderMoney(call.params)
  const { amount_total, amount_due, amount, currency } = made
  const total = [amount_total, amount, amount_due].find((each) => typeof each === 'number') as number | undefined
  return { amount: total, currency: typeof currency === 'string' ? currency.toLowerCase() : undefined }
}

function orderMoney(params: unknown): Pick<Payable, 'amount' | 'currency'> {
  const units = (params as { purchase_units?: { amount?: Money }[] } | undefined)?.purchase_units
  const amounts = (Array.isArray(units) ? units : []).flatMap(({ amount }) => (amount ? [amount] : []))
  if (amounts.length === 0) return { amount: undefined, currency: undefined }
  return {
    amount: amounts.reduce((sum, each) => sum + minorUnits(each), 0),
    currency: amounts[0]?.currency_code.toLowerCase(),
  }
}
