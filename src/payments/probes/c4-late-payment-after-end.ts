import { oneSubscription } from '../explore/histories.ts'
import { proveSubscriptions } from '../explore/subscriptions.ts'
import { defineProbe } from './define.ts'

export const c4 = defineProbe({
  id: 'C4',
  title: 'a late payment brings an ended subscription back',
  rule: 'An invoice that is reported paid after the subscription has ended does not start it again.',
  source: [{ text: 'Stripe, Event ordering', url: 'https://docs.stripe.com/webhooks#event-ordering' }],
  guard: 'Both types of the event, and both shapes of invoices.',
  example: 'invoice.payment_succeeded sets subscribed to true, whatever was before.',
  company: 'shared',
  needs: ({ facts }) => (facts.subscription ? undefined : 'facts.subscription'),
  run: (rig) =>
    proveSubscriptions(
      rig,
      [
        oneSubscription(['sc', 'sd', 'inv']),
        oneSubscription(['sc', 'sd', 'invOk']),
        oneSubscription(['sc', 'sd', 'inv', 'invOk'], { invoiceShape: 'legacy' }),
        oneSubscription(['sd', 'sc', 'subCs', 'invOk']),
        oneSubscription(['sc', 'inv', 'sd', 'renew']),
      ],
      {
        reason: 'an ended subscription comes back with a payment that is reported late',
        fine: 'payments do not bring an ended subscription back',
      },
    ),
})
