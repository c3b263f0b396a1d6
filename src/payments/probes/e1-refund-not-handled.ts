import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** The money goes back, the goods must too. */
export const e1 = defineProbe({
  id: 'E1',
  title: 'refund not handled',
  rule: 'A payment that was refunded in full leaves nothing of what it bought.',
  source: [
    { text: 'Stripe, Refunds: charge.refunded', url: 'https://docs.stripe.com/refunds' },
    { text: 'threadplane #529, AI-Shipping-Labs #1422' },
  ],
  guard:
    'The refund is announced as the provider announces it whatever the endpoint is subscribed to: charge.refunded, PAYMENT.CAPTURE.REFUNDED.',
  example: 'A webhook that knows captures and no refunds; one that maps PayPal’s old PAYMENT.SALE.REFUNDED only.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    const buyers = rig.providers.map((provider) => rig.payment({ provider }))
    for (const buyer of buyers) {
      await rig.deliver(buyer, 'cap')
      await rig.settle(buyer)
      await rig.deliver(buyer, 'full')
    }
    for (const buyer of buyers) {
      const kept = await rig.judge(buyer, `a full refund of a ${buyer.spec.provider} payment took nothing back`)
      if (kept) return kept
    }
    return green('full refunds took everything back')
  },
})
