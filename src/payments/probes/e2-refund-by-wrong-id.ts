import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Session, payment, charge and refund have four ids; in PayPal the refund names its capture in a link. */
export const e2 = defineProbe({
  id: 'E2',
  title: 'refund correlated by the wrong id',
  rule: 'A refund belongs to the payment it names, by whatever id the purchase was first heard of.',
  source: [
    { text: 'Stripe, The Charge object: payment_intent', url: 'https://docs.stripe.com/api/charges/object' },
    { text: 'PayPal, Refunds: links[rel=up]', url: 'https://developer.paypal.com/docs/api/payments/v2/' },
    { text: 'hyperswitch #5298' },
  ],
  guard: 'All ids are distinct and of the provider’s own form; nothing is asserted about what is stored.',
  example: 'A purchase stored under cs_…, looked up by pi_…: the refund is answered 200 and changes nothing.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers) {
      const refunded = rig.payment({ provider })
      const bystander = rig.payment({ provider })
      for (const buyer of [refunded, bystander]) {
        await rig.deliver(buyer, provider === 'stripe' ? 'cs' : 'order')
        await rig.deliver(buyer, 'cap')
      }
      await rig.settle(refunded)
      await rig.deliver(refunded, 'full')
      const kept = await rig.judge(refunded, `a refund did not find its ${provider} payment`)
      if (kept) return kept
      const lost = await rig.judge(bystander, 'a refund took somebody else’s goods back')
      if (lost) return lost
    }
    return green('refunds found their payments, and only these')
  },
})
