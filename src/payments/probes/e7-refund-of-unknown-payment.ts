import { green, red } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** A part goes back before the payment was heard of. */
export const e7 = defineProbe({
  id: 'E7',
  title: 'refund of an unknown payment blocks it',
  rule: 'A refund may be heard of before its payment; the payment then counts all the same, less what was refunded.',
  source: [
    {
      text: 'Stripe, Webhooks: event ordering is not guaranteed',
      url: 'https://docs.stripe.com/webhooks#event-ordering',
    },
    { text: 'razorpay-woocommerce #664, saleor #9504' },
  ],
  guard:
    'Judged once both have arrived. The first answer may be refused only where the contract says retry_until_known.',
  example: 'A row made for the unknown payment, because of which the capture is taken for a duplicate.',
  company: 'shared',
  needs: ({ policy }) => (policy.partialRefund ? undefined : 'policy.partial_refund'),
  async run(rig) {
    const { retryUntilKnown, unknownPayment } = rig.contract.policy
    for (const provider of rig.providers) {
      const buyer = rig.payment({ provider })
      const { acknowledged } = await rig.deliver(buyer, 'part', { attempts: 3 })
      const early = await rig.judge(buyer, `a ${provider} refund without its payment handed something out`)
      if (early) return early
      if (!acknowledged && !retryUntilKnown && unknownPayment === 'ack')
        return red(`a ${provider} refund of a payment that is not known yet was not acknowledged`, {
          want: '2xx within three attempts',
          got: 'none',
          harm: 'the provider gives up and disables the endpoint',
        })
      await rig.deliver(buyer, 'cap')
      if (!acknowledged) await rig.deliver(buyer, 'part')
      const wrong = await rig.judge(
        buyer,
        `a ${provider} payment whose partial refund came first did not count as it should`,
      )
      if (wrong) return wrong
    }
    return green('payments counted although their refunds came first')
  },
})
