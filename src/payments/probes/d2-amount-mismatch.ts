import type { SubjectSpec } from '../history/define.ts'
import { green, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Less money than the price came in, and events and provider agree that it did. */
export const d2 = defineProbe({
  id: 'D2',
  title: 'amount mismatch accepted',
  rule: 'What was paid must be the price of what is handed out; a payment of another amount buys nothing.',
  source: [
    { text: 'Divergence P5: 1 rupee paid for 499, order in processing' },
    { text: 'tommalopty #7, PayBridge #111' },
  ],
  guard:
    'Only lower amounts are sent. Any state of refusal is fine, and so is a refund; an answer other than 2xx is YELLOW.',
  example: 'A payment of 100 for a pack of 4999 that is fulfilled because only its status is looked at.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    const { purchase, alternatives } = rig.contract.facts
    const cheaper = alternatives
      .filter(({ currency, amount }) => currency === purchase.currency && amount < purchase.amount)
      .map(({ amount }) => amount)
    const amounts = [100, purchase.amount - 1, Math.floor(purchase.amount / 100), ...cheaper.slice(0, 1)]
    const lower = [...new Set(amounts)].filter((amount) => amount > 0 && amount < purchase.amount)
    const specs = rig.providers.flatMap((provider) =>
      lower.map((amount): Partial<SubjectSpec> => ({ provider, charged: { amount } })),
    )
    const buyers = specs.map((spec) => rig.payment(spec))
    const unacknowledged: string[] = []
    for (const buyer of buyers) {
      if (buyer.spec.provider === 'stripe') await rig.deliver(buyer, 'cs')
      const { acknowledged } = await rig.deliver(buyer, 'cap')
      if (!acknowledged) unacknowledged.push(buyer.name)
    }
    for (const buyer of buyers) {
      const wrong = await rig.judge(buyer, 'a payment of less than the price was fulfilled')
      if (wrong) return wrong
    }
    if (unacknowledged.length > 0)
      return yellow(
        'payments of less than the price were refused with an answer that makes the provider send them again',
      )
    return green(`nothing was handed out for ${lower.length} lower amounts`)
  },
})
