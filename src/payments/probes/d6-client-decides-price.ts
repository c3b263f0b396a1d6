import { checkOut, controlCheckout, needsCheckout } from '../checkout/checkout.ts'
import { isCreating, type Payable } from '../checkout/payables.ts'
import type { ProviderCall } from '../double/types.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

const foreignPrice = 'price_1GatekitNotInCatalogue'

/** No price has these digits, so that they are found again in what reached the provider. */
const oddQuantities = [-1, 0, 0.5, 1e9]

/** What a client could send to pay less; `price` is the catalogue's. */
function attacksOn(body: Readonly<Record<string, unknown>>, price: number): Record<string, unknown>[] {
  const named = Object.entries(body)
  const prices = named.filter(([name, value]) => typeof value === 'string' && /price/i.test(name)).map(([name]) => name)
  const numbers = named.filter(([, value]) => typeof value === 'number').map(([name]) => name)
  const less = [1, Math.ceil(price / 2)]
  return [
    ...['amount', 'price', 'unit_amount', 'unitAmount', 'total'].flatMap((name) =>
      less.map((value) => ({ [name]: value })),
    ),
    ...[...new Set(['price', 'priceId', 'price_id', ...prices])].map((name) => ({ [name]: foreignPrice })),
    ...[...new Set(['quantity', ...numbers])].flatMap((name) => oddQuantities.map((value) => ({ [name]: value }))),
    { currency: 'idr' },
    { discount: 100, coupon: 'gatekit', free: true },
  ]
}

/** The server knows the prices; whatever else a checkout says about money must not reach the provider. */
export const d6 = defineProbe({
  id: 'D6',
  title: 'client decides the price',
  rule: 'Prices come from the server’s catalogue; a client names what it wants and nothing about what it costs.',
  source: [{ text: 'CreatorOs #672, next-stripe #16' }, { text: 'OWASP API6:2023, business flows' }],
  guard:
    'Ignoring such fields is as good as refusing them: only what reaches the provider counts, and more than the price is fine.',
  example: 'A checkout that passes the price id or the quantity of the request on to the provider.',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    const usual = control.payable
    const price = usual.amount ?? rig.contract.facts.purchase.amount
    const attacks = attacksOn(rig.contract.facts.purchase.request?.body ?? {}, price)
    for (const changes of attacks) {
      const { attempt, calls, payables } = await checkOut(rig, rig.payment(), { changes })
      if (attempt.status === 429) return unmeasured('the backend limits how often a checkout may be begun')
      const harm =
        payables.flatMap((each) => cheaper(each, usual, price) ?? [])[0] ??
        calls.flatMap((each) => passedOn(each, changes) ?? [])[0]
      if (!harm) continue
      return red(`a checkout with ${JSON.stringify(changes)} ${harm}`, {
        want: 'a payment of the catalogue’s price, or none',
        got: harm,
        harm: 'the buyer decides what the goods cost',
      })
    }
    return green(`${attacks.length} ways to name another price changed nothing at the provider`)
  },
})

function cheaper({ amount, currency }: Payable, usual: Payable, price: number): string | undefined {
  if (currency !== undefined && usual.currency !== undefined && currency !== usual.currency)
    return 'began a payment in another currency'
  return amount !== undefined && amount < price ? 'began a payment of less than the price' : undefined
}

/** A call that begins a payment and has the client's value in it, whether or not the provider took it. */
function passedOn(call: ProviderCall, changes: Record<string, unknown>): string | undefined {
  if (!isCreating(call)) return undefined
  const [[name, value] = ['', '']] = Object.entries(changes)
  if (value === foreignPrice && JSON.stringify(call.params ?? {}).includes(foreignPrice))
    return 'reached the provider with that price'
  const isQuantity = typeof value === 'number' && oddQuantities.includes(value) && !/amount|price|total/i.test(name)
  const isSent = isQuantity && quantitiesIn(call.params).some((each) => Number(each) === value)
  return isSent ? 'reached the provider with that quantity' : undefined
}

function quantitiesIn(params: unknown): unknown[] {
  if (typeof params !== 'object' || params === null) return []
  return Object.entries(params).flatMap(([name, value]) => (name === 'quantity' ? [value] : quantitiesIn(value)))
}
