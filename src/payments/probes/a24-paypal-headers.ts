import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const a24 = defineProbe({
  id: 'A24',
  title: 'genuine PayPal events are not recognised',
  rule: 'PayPal sends PAYPAL-AUTH-ALGO, -CERT-URL, -TRANSMISSION-ID, -TRANSMISSION-SIG and -TRANSMISSION-TIME, in any case of letters.',
  source: [{ text: 'PayPal, Verify webhook signature', url: 'https://developer.paypal.com/api/rest/webhooks/rest/' }],
  guard: 'Exactly what PayPal sends, signed by its key and known to its postback.',
  example: 'It looks for Paypal-Cert-Id, which PayPal does not send, and takes the event for one of Stripe.',
  company: 'shared',
  withoutBaseline: true,
  needs: ({ providers, target }) => {
    if (!providers.paypal) return 'providers.paypal'
    return target.start === undefined ? 'target.start' : undefined
  },
  async run(rig) {
    const buyer = rig.payment({ provider: 'paypal' })
    await rig.deliver(buyer, 'cap')
    const outcome = await rig.judge(buyer, 'a genuine PayPal capture has no effect')
    return outcome ?? green('genuine PayPal events take effect')
  },
})
