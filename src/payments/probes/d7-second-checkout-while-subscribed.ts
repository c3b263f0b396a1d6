import { checkOut, controlCheckout, needsCheckout } from '../checkout/checkout.ts'
import { green, red, unmeasured } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** Who has the subscription cannot buy it again by accident. */
export const d7 = defineProbe({
  id: 'D7',
  title: 'second checkout while subscribed',
  rule: 'A subscriber who asks for the same plan again is sent to manage it, not to pay for a second one.',
  source: [
    {
      text: 'Stripe, Limit customers to one subscription',
      url: 'https://docs.stripe.com/payments/checkout/limit-subscriptions',
    },
    { text: 'worldmonitor #3162, cashier #1604, macro #1268' },
  ],
  guard: 'Any answer is fine as long as no new payment begins at the provider: 409, a portal, the session from before.',
  example: 'Two active subscriptions of one user, a quarter of an hour apart.',
  company: 'alone',
  needs: (contract) => (contract.providers.stripe ? needsCheckout(contract, 'subscription') : 'providers.stripe'),
  async run(rig) {
    const control = await controlCheckout(rig, { kind: 'subscription' })
    if ('missing' in control) return control.missing
    const subscriber = rig.subscription()
    for (const event of ['subCs', 'sc', 'inv'] as const) await rig.deliver(subscriber, event)
    const { reached } = await rig.settle(subscriber)
    if (!reached) return unmeasured('a new subscription did not become active')
    const { payables, attempt } = await checkOut(rig, subscriber, { kind: 'subscription' })
    if (payables.length === 0)
      return green(`a second checkout began no payment; it was answered ${attempt.status ?? attempt.trouble}`)
    return red('a subscriber could begin to pay for the same plan again', {
      want: 'no second payment at the provider',
      got: `${payables.length} begun`,
      harm: 'the customer pays twice',
    })
  },
})
