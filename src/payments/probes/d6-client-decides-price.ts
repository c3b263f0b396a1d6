import { checkOut, controlCheckout, needsCheckout } from '../checkout/checkout.ts'
import type { Payable } from '../checkout/payables.ts'
import type { Rig } from '../rig/define.ts'
import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

const foreignPrice = 'price_1GatekitNotInCatalogue'

/** What a client could send to pay less. */
function attacksOn(body: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  const named = Object.entries(body)
  const prices = named.filter(([name, value]) => typeof value === 'string' && /price/i.test(name)).map(([name]) => name)
  const numbers = named.filter(([, value]) => typeof value === 'number').map(([name]) => name)
  return [
    { amount: 1 },
    { price: 1, unit_amount: 1, unitAmount: 1, total: 1 },
    ...[...new Set(['price', 'priceId', 'price_id', ...prices])].map((name) => ({ [name]: foreignPrice })),
    ...[-1, 0, 0.5, 1e9].map((quantity) => ({ quantity })),
    ...numbers.flatMap((name) => [-1, 0, 0.5, 1e9].map((value) => ({ [name]: value }))),
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
    'Ignoring such fields is as good as refusing them: only what reaches the provider counts. More than the price in proportion to a ' +
    'quantity is fine up to a million.',
  example: 'A checkout that passes the price id or the quantity of the request on to the provider.',
  company: 'alone',
  needs: (contract) => needsCheckout(contract),
  async run(rig) {
    const control = await controlCheckout(rig)
    if ('missing' in control) return control.missing
    const attacks = attacksOn(rig.contract.facts.purchase.request?.body ?? {})
    for (const changes of attacks) {
      const { payables } = await checkOut(rig, rig.payment(), { changes })
      for (const payable of payables) {
        const harm = harmOf(rig, control.payable, payable, changes)
        if (!harm) continue
        return red(`a checkout with ${JSON.stringify(changes)} ${harm}`, {
          want: 'a payment of the catalogue’s price, or none',
          got: `${payable.amount ?? '?'} ${payable.currency ?? ''}`.trim(),
          harm: 'the buyer decides what the goods cost',
        })
      }
    }
    return green(`${attacks.length} ways to name another price changed nothing at the provider`)
  },
})

function harmOf(rig: Rig, usual: Payable, payable: Payable, changes: Record<string, unknown>): string | undefined {
  const sent = JSON.stringify(payable.call.params ?? {})
  if (sent.includes(foreignPrice)) return 'reached the provider with that price'
  const { amount, currency } = payable
  if (currency !== undefined && usual.currency !== undefined && currency !== usual.currency)
    return 'began a payment in another currency'
  const least = usual.amount ?? rig.contract.facts.purchase.amount
  if (amount !== undefined && amount < least) return 'began a payment of less than the price'
  const [value] = Object.values(changes)
  if (value === 1e9 && /"1000000000"|1000000000/.test(sent)) return 'reached the provider with that quantity'
  return undefined
}
