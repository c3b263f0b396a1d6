import { killedTogether, perProvider } from '../explore/histories.ts'
import { prove } from '../explore/prove.ts'
import { defineProbe } from './define.ts'

export const b7 = defineProbe({
  id: 'B7',
  title: 'acknowledged before it is durable',
  rule: 'What was answered 2xx is not delivered again: it must survive the death of the process at that very moment.',
  source: [
    { text: 'Stripe, Receive events', url: 'https://docs.stripe.com/webhooks' },
    { text: 'hexclave #1664' },
    { text: 'AFFiNE #15078' },
  ],
  guard:
    'Working asynchronously is fine where the queue survives; an event that was not acknowledged is delivered again.',
  example: 'response.end() first, then the work in memory.',
  company: 'kills',
  needs: ({ control, target }) => (control.restart && target.start ? undefined : 'control.restart'),
  run: (rig) =>
    prove(
      rig,
      // Together the slower provider would give the other one time.
      perProvider(rig, (provider) => [killedTogether([provider], { killAfterMs: 0 })]),
      {
        reason: 'an acknowledged capture is lost when the process dies right after the answer',
        fine: 'what was acknowledged survives',
        kinds: ({ kind }) => kind === 'too-few',
        tries: 2,
        confirmations: 3,
      },
    ),
})
