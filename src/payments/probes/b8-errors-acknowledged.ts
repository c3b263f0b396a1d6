import { faultsMissing } from '../explore/faults.ts'
import { underFaults } from '../explore/faulty.ts'
import { green } from '../verdict.ts'
import { defineProbe } from './define.ts'

export const b8 = defineProbe({
  id: 'B8',
  title: 'errors are acknowledged',
  rule: '2xx ends the retries of the provider: it may be said only when the event cannot get lost any more.',
  source: [
    { text: 'Stripe, Receive events: return a 2xx', url: 'https://docs.stripe.com/webhooks' },
    { text: 'shadow #148' },
    { text: 'leopardo-hr #2668' },
  ],
  guard: 'An acknowledged event may be worked off later by a queue: the effect is waited for after the fault is gone.',
  example: 'catch (error) { log(error) } and 200.',
  company: 'alone',
  needs: faultsMissing,
  async run(rig) {
    const outcome = await underFaults(rig, {
      reason: 'a capture that failed is acknowledged and never takes effect',
      first: ({ outcome }) => outcome === 'ok',
      kinds: ({ kind }) => kind === 'too-few',
    })
    return outcome ?? green('what is acknowledged takes effect')
  },
})
