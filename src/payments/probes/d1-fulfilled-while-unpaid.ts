import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A Checkout session completes when the buyer is done, which for a bank debit is days before the money comes, if it ever does. */
export const d1 = defineProbe({
  id: 'D1',
  title: 'fulfilled while unpaid',
  rule: 'A completed Checkout session whose payment_status is unpaid has not been paid; goods follow the payment.',
  source: [
    {
      text: 'Stripe, Fulfill orders: check payment_status, and listen to the async_payment events',
      url: 'https://docs.stripe.com/checkout/fulfillment',
    },
    { text: 'AI-Shipping-Labs #1423' },
  ],
  guard:
    'The later success is delivered as the session’s and as the payment’s event; either may be the one that grants.',
  example: 'A handler that grants on checkout.session.completed without looking at payment_status.',
  company: 'shared',
  needs: ({ providers }) => (providers.stripe ? undefined : 'providers.stripe'),
  async run(rig) {
    const payer = rig.payment({ provider: 'stripe' })
    const defaulter = rig.payment({ provider: 'stripe' })
    await rig.deliver(payer, 'unpaid')
    await rig.deliver(defaulter, 'unpaid')
    const early = await rig.judge(payer, 'a session that was completed without payment was fulfilled')
    if (early) return early
    await rig.deliver(defaulter, 'asyncFail')
    await rig.deliver(payer, 'asyncOk')
    await rig.deliver(payer, 'cap')
    const unpaid = await rig.judge(defaulter, 'a session whose payment failed later was fulfilled')
    if (unpaid) return unpaid
    const late = await rig.judge(
      payer,
      'a payment that succeeded later than its session was not fulfilled exactly once',
    )
    return late ?? green('goods followed the payment, not the session')
  },
})
