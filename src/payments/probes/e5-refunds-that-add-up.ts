import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

/** In two steps all of the money goes back. */
export const e5 = defineProbe({
  id: 'E5',
  title: 'refunds that add up',
  rule: 'Partial refunds that add up to the payment are a full refund, in whatever order they are heard of.',
  source: [
    {
      text: 'Stripe, The Charge object: amount_refunded and refunded',
      url: 'https://docs.stripe.com/api/charges/object',
    },
  ],
  guard: 'Only the end is judged, when nothing of the money is left; the policy for parts does not matter then.',
  example: 'Each refund compared with the price on its own: two halves never are a whole.',
  company: 'shared',
  needs: () => undefined,
  async run(rig) {
    for (const provider of rig.providers)
      for (const order of [
        ['cap', 'part', 'rest'],
        ['cap', 'rest', 'part'],
      ] as const) {
        const buyer = rig.payment({ provider })
        for (const event of order) await rig.deliver(buyer, event)
        const kept = await rig.judge(buyer, `two ${provider} refunds that add up to the payment left goods active`)
        if (kept) return kept
      }
    return green('refunds that add up took everything back')
  },
})
