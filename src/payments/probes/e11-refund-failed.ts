import { green, yellow } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A refund that comes back: the account it was sent to is closed. */
export const e11 = defineProbe({
  id: 'E11',
  title: 'failed refund not restored',
  rule: 'A refund that failed has not happened; the customer has neither money nor goods until somebody acts.',
  source: [
    { text: 'Stripe, Failed refunds', url: 'https://docs.stripe.com/refunds#failed-refunds' },
    { text: 'Image-MetaHub #531' },
  ],
  guard: 'Nothing in the contract says what must follow, so it is never RED.',
  example: 'A refund.failed event that nobody listens to.',
  company: 'shared',
  needs: ({ providers, observe }) =>
    providers.stripe ? (observe.grants ? undefined : 'observe.grants') : 'providers.stripe',
  async run(rig) {
    const buyer = rig.payment({ provider: 'stripe' })
    const { packSize } = buyer.price
    await rig.deliver(buyer, 'cap')
    await rig.observer.settle(buyer, { want: ({ active }) => active === packSize })
    await rig.deliver(buyer, 'full')
    await rig.observer.settle(buyer, { want: ({ active }) => active === 0 })
    await rig.deliver(buyer, 'refundFailed')
    const { reached } = await rig.observer.settle(buyer, { want: ({ active }) => active === packSize, settleMs: 1500 })
    if (reached) return green('a refund that failed gave the goods back')
    return yellow('a refund that failed left the customer without money and goods')
  },
})
